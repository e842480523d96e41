package cards_test
import ("testing";"time";"os";"strconv";"github.com/leima/leima/bench/cards")
func TestZZ(t *testing.T){
 n,_:=strconv.Atoi(os.Getenv("ZZ")); if n==0 {t.Skip()}
 for k,u:=range databases(t){ b:=time.Now(); _,err:=cards.Fill(t.Context(),u,cards.Deck{Seed:1,Cards:n,Organizations:10,Since:since}); t.Log(k,err,time.Since(b)) }
}

package apple_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/wallet/apple"
	"github.com/leima/leima/wallet/apple/appletest"
)

func TestMemoryKeepsTheContracts(t *testing.T) {
	open := func(*testing.T) appletest.World { return appletest.NewMemory(instant) }
	appletest.TestRegistrations(t, open)
	appletest.TestPasses(t, open)
}

const passToken = "a-token-of-thirty-two-characters"

// cardA and cardB are passes that the tests' server has.
var (
	cardA = apple.Key{PassType: shop.PassType, Serial: "card-a"}
	cardB = apple.Key{PassType: shop.PassType, Serial: "card-b"}
)

// office is a web service with two passes, and what it remembers.
type office struct {
	*testing.T
	memory *appletest.Memory
	server *httptest.Server
	logged *bytes.Buffer
}

func newOffice(t *testing.T) office {
	t.Helper()
	o := office{T: t, memory: appletest.NewMemory(instant), logged: &bytes.Buffer{}}
	service := apple.NewService(o.memory, o.memory, o.memory, slog.New(slog.NewTextHandler(o.logged, nil)))
	o.server = httptest.NewServer(service)
	t.Cleanup(o.server.Close)
	for _, key := range []apple.Key{cardA, cardB} {
		if err := o.memory.Add(t.Context(), key, passToken); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func (o office) device(id string) *appletest.Device {
	return appletest.NewDevice(o.server.URL, o.server.Client(), id)
}

func (o office) change(key apple.Key) {
	o.Helper()
	if err := o.memory.Change(o.Context(), key); err != nil {
		o.Fatal(err)
	}
}

// status fails unless a call of a device was answered like that.
func (o office) status(want int) func(got int, err error) {
	return func(got int, err error) {
		o.Helper()
		if err != nil || got != want {
			o.Errorf("status %d (%v), want %d", got, err, want)
		}
	}
}

// syncs fails unless a device fetches just these passes.
func (o office) syncs(d *appletest.Device, want ...string) {
	o.Helper()
	got, err := d.Sync(o.Context(), shop.PassType)
	if err != nil {
		o.Fatal(err)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		o.Errorf("the device fetched %v, want %v", got, want)
	}
}

func (o office) shows(d *appletest.Device, key apple.Key, want string) {
	o.Helper()
	if got := d.Shows(key); got != want {
		o.Errorf("the device shows %q, want %q", got, want)
	}
}

func TestTheLifeOfAPassOnAPhone(t *testing.T) {
	o := newOffice(t)
	phone := o.device("phone")
	o.status(http.StatusCreated)(phone.Add(t.Context(), cardA, passToken))
	o.status(http.StatusOK)(phone.Add(t.Context(), cardA, passToken)) // the phone was not sure
	o.syncs(phone, "card-a")
	o.shows(phone, cardA, "card-a in version 1")
	o.syncs(phone) // nothing new

	o.change(cardA)
	o.change(cardB) // not on this phone
	o.syncs(phone, "card-a")
	o.shows(phone, cardA, "card-a in version 2")
	o.status(http.StatusNotModified)(phone.Fetch(t.Context(), cardA))

	phone.PushToken = "bb"
	o.status(http.StatusOK)(phone.Add(t.Context(), cardA, passToken))
	if tokens, _ := o.memory.PushTokens(t.Context(), cardA); !slices.Equal(tokens, []string{"bb"}) {
		t.Errorf("pushes go to %v", tokens)
	}

	o.status(http.StatusOK)(phone.Remove(t.Context(), cardA))
	o.change(cardA)
	o.syncs(phone)
	if tokens, _ := o.memory.PushTokens(t.Context(), cardA); len(tokens) != 0 {
		t.Errorf("pushes still go to %v", tokens)
	}
}

func TestTwoStampsInOneSecondAreTwoUpdates(t *testing.T) {
	o := newOffice(t) // its clock stands still
	phone := o.device("phone")
	o.status(http.StatusCreated)(phone.Add(t.Context(), cardA, passToken))
	for version := 1; version <= 5; version++ {
		o.syncs(phone, "card-a")
		o.shows(phone, cardA, fmt.Sprintf("card-a in version %d", version))
		o.change(cardA)
	}
}

func TestAPhoneWithAWrongClockGetsItsPass(t *testing.T) {
	for _, clock := range []string{"Mon, 01 Jan 2125 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "yesterday"} {
		o := newOffice(t)
		phone := o.device("phone")
		phone.ClockIsWrong = clock
		o.status(http.StatusCreated)(phone.Add(t.Context(), cardA, passToken))
		o.change(cardA)
		o.syncs(phone, "card-a")
		o.shows(phone, cardA, "card-a in version 2")
	}
}

func TestALostPushCostsNothingButTime(t *testing.T) {
	o := newOffice(t)
	phone, watch := o.device("phone"), o.device("watch")
	for _, d := range []*appletest.Device{phone, watch} {
		o.status(http.StatusCreated)(d.Add(t.Context(), cardA, passToken))
		o.status(http.StatusCreated)(d.Add(t.Context(), cardB, passToken))
		o.syncs(d, "card-a", "card-b")
	}
	o.change(cardA) // the push for this is lost
	o.syncs(watch, "card-a")
	o.change(cardB)
	o.syncs(phone, "card-a", "card-b") // the push for this brings both
	o.shows(phone, cardA, "card-a in version 2")
	if version, _ := o.memory.FetchedVersion(t.Context(), cardB); version != 2 {
		t.Errorf("version %d is noted as fetched", version)
	}
}

// TestWhatIsAnswered is the protocol's table, and what is not in it.
func TestWhatIsAnswered(t *testing.T) {
	const (
		registration = "/v1/devices/phone/registrations/pass.example.leima.loyalty/card-a"
		list         = "/v1/devices/phone/registrations/pass.example.leima.loyalty"
		pass         = "/v1/passes/pass.example.leima.loyalty/card-a"
		good         = `{"pushToken":"aabb"}`
	)
	long := strings.Repeat("x", 300)
	for name, c := range map[string]struct {
		method, path, token, body string
		status                    int
	}{
		"register":                        {"POST", registration, passToken, good, 201},
		"register without a token":        {"POST", registration, "", good, 401},
		"register with another token":     {"POST", registration, passToken + "x", good, 401},
		"register an unknown pass":        {"POST", registration + "x", passToken, good, 401},
		"register by an empty token":      {"POST", registration + "x", " ", good, 401},
		"register a pass of another type": {"POST", "/v1/devices/phone/registrations/pass.other/card-a", passToken, good, 401},
		"register without a body":         {"POST", registration, passToken, "", 400},
		"register without a push token":   {"POST", registration, passToken, "{}", 400},
		"register a path as push token":   {"POST", registration, passToken, `{"pushToken":"../x"}`, 400},
		"register a long push token":      {"POST", registration, passToken, `{"pushToken":"` + strings.Repeat("a", 300) + `"}`, 400},
		"register a large body":           {"POST", registration, passToken, `{"x":"` + strings.Repeat("a", 1<<20) + `"}`, 400},
		"register a long device":          {"POST", "/v1/devices/" + long + "/registrations/pass.example.leima.loyalty/card-a", passToken, good, 400},
		"unregister":                      {"DELETE", registration, passToken, "", 200},
		"unregister without a token":      {"DELETE", registration, "", "", 401},
		"unregister with another token":   {"DELETE", registration, "guess", "", 401},
		"nothing changed":                 {"GET", list, "", "", 204},
		"a tag of another server":         {"GET", list + "?passesUpdatedSince=2026-11-20T09:30:00Z", "", "", 204},
		"fetch":                           {"GET", pass, passToken, "", 200},
		"look":                            {"HEAD", pass, passToken, "", 200},
		"fetch without a token":           {"GET", pass, "", "", 401},
		"look with another token":         {"HEAD", pass, "guess", "", 401},
		"fetch an unknown pass":           {"GET", pass + "x", passToken, "", 401},
		"a log":                           {"POST", "/v1/log", "", `{"logs":["hello"]}`, 200},
		"a log that is none":              {"POST", "/v1/log", "", `hello`, 200},
		"another version":                 {"GET", "/v2/passes/pass.example.leima.loyalty/card-a", passToken, "", 404},
		"a pass cannot be written":        {"PUT", pass, passToken, "x", 405},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			a, err := o.device("phone").Call(t.Context(), c.method, c.path, c.token, c.body, nil)
			if err != nil || a.Status != c.status {
				t.Errorf("status %d (%v), want %d: %s", a.Status, err, c.status, a.Body)
			}
			if a.Status == http.StatusUnauthorized && a.Header.Get("WWW-Authenticate") != "ApplePass" {
				t.Error("it does not say how to authenticate")
			}
			tokens, _ := o.memory.PushTokens(t.Context(), cardA)
			if registered := len(tokens) > 0; registered != (c.status == http.StatusCreated) {
				t.Errorf("registered: %v", registered)
			}
			if strings.Contains(o.logged.String(), passToken) {
				t.Error("the log has the token")
			}
		})
	}
}

func TestHeadAndEtagsSayTheSameAsGet(t *testing.T) {
	o := newOffice(t)
	const path = "/v1/passes/pass.example.leima.loyalty/card-a"
	call := func(method string, header http.Header) appletest.Answer {
		t.Helper()
		a, err := o.device("phone").Call(t.Context(), method, path, passToken, "", header)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	get, head := call("GET", nil), call("HEAD", nil)
	for _, name := range []string{"Last-Modified", "ETag", "Content-Type", "Cache-Control"} {
		if get.Header.Get(name) == "" || get.Header.Get(name) != head.Header.Get(name) {
			t.Errorf("%s: GET says %q, HEAD %q", name, get.Header.Get(name), head.Header.Get(name))
		}
	}
	if len(head.Body) != 0 || get.Header.Get("Last-Modified") != "Fri, 20 Nov 2026 09:30:00 GMT" {
		t.Errorf("HEAD has %d bytes, GET is of %s", len(head.Body), get.Header.Get("Last-Modified"))
	}
	for name, c := range map[string]struct {
		header http.Header
		status int
	}{
		"the same tag":       {http.Header{"If-None-Match": {get.Header.Get("ETag")}}, 304},
		"among others, weak": {http.Header{"If-None-Match": {`"x", W/` + get.Header.Get("ETag")}}, 304},
		"another tag":        {http.Header{"If-None-Match": {`"x"`}}, 200},
		"the tag decides":    {http.Header{"If-None-Match": {`"x"`}, "If-Modified-Since": {get.Header.Get("Last-Modified")}}, 200},
		"the same date":      {http.Header{"If-Modified-Since": {get.Header.Get("Last-Modified")}}, 304},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			if a := call(method, c.header); a.Status != c.status {
				t.Errorf("%s, %s: status %d, want %d", method, name, a.Status, c.status)
			}
		}
	}
}

// endless is a body of a log that never ends; it counts what was read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	const most = 100 << 20
	if e.read >= most {
		return 0, io.EOF
	}
	if e.read == 0 {
		e.read = copy(p, `{"logs":["`)
		return e.read, nil
	}
	for i := range p {
		p[i] = 'a'
	}
	e.read += len(p)
	return len(p), nil
}

func TestOfALogOfAHundredMegabytesLittleIsRead(t *testing.T) {
	memory := appletest.NewMemory(instant)
	service := apple.NewService(memory, memory, memory, slog.New(slog.DiscardHandler))
	body := &endless{}
	w := httptest.NewRecorder()
	service.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/log", body))
	if w.Code != http.StatusOK || body.read > apple.MaxLogBody+4096 || len(memory.Complaints()) != 0 {
		t.Errorf("status %d, %d bytes read, %d complaints", w.Code, body.read, len(memory.Complaints()))
	}
}

func TestComplaintsArePassedOnWithinLimits(t *testing.T) {
	o := newOffice(t)
	many := `"` + strings.Repeat(`x","`, 99) + `x"`
	for _, body := range []string{`{"logs":["Get pass: \u001b[31mbad\nresponse"]}`, `{"logs":["` + strings.Repeat("ä", 600) + `", ""]}`, `{"logs":[` + many + `]}`} {
		if a, err := o.device("phone").Call(t.Context(), http.MethodPost, "/v1/log", "", body, nil); err != nil || a.Status != http.StatusOK {
			t.Errorf("status %d (%v)", a.Status, err)
		}
	}
	complaints := o.memory.Complaints()
	if want := 2 + apple.MaxComplaints; len(complaints) != want {
		t.Fatalf("%d complaints, want %d", len(complaints), want)
	}
	if complaints[0] != "Get pass: [31mbad response" || complaints[1] != strings.Repeat("ä", apple.MaxComplaintRunes-1)+"…" {
		t.Errorf("they are %q", complaints[:2])
	}
}

func TestADeviceCannotFillTheDatabase(t *testing.T) {
	o := newOffice(t)
	phone := o.device("phone")
	for n := range apple.MaxRegistrations + 1 {
		key := apple.Key{PassType: shop.PassType, Serial: fmt.Sprintf("many-%d", n)}
		if err := o.memory.Add(t.Context(), key, passToken); err != nil {
			t.Fatal(err)
		}
		want := http.StatusCreated
		if n == apple.MaxRegistrations {
			want = http.StatusTooManyRequests
		}
		o.status(want)(phone.Add(t.Context(), key, passToken))
	}
}

func TestADatabaseThatIsAwayIsAFaultOfOurs(t *testing.T) {
	o := newOffice(t)
	phone := o.device("phone")
	o.memory.Fault = errors.New("the database is away")
	o.status(http.StatusInternalServerError)(phone.Add(t.Context(), cardA, passToken))
	o.status(http.StatusInternalServerError)(phone.Fetch(t.Context(), cardA))
	if _, err := phone.Sync(t.Context(), shop.PassType); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("what changed: %v", err)
	}
	if !strings.Contains(o.logged.String(), "the database is away") {
		t.Error("nobody was told")
	}
	if strings.Contains(o.logged.String(), "phone") {
		t.Errorf("the name of the device, a secret, is in the log: %s", o.logged.String())
	}
	o.memory.Fault = nil
	o.status(http.StatusCreated)(phone.Add(t.Context(), cardA, passToken))
}

// TestARealPassComesThroughTheService puts maker and service together.
func TestARealPassComesThroughTheService(t *testing.T) {
	o := newOffice(t)
	maker, full := apple.NewMaker(demo().Identity, apple.CacheLimits{}), template(t, pharmacy(t))
	o.memory.Make = func(key apple.Key, state apple.PassState) ([]byte, error) {
		card := aino()
		card.Serial, card.Token, card.Version, card.Stamps = key.Serial, state.Token, state.Version, int(state.Version)
		p, err := maker.Pass(full, card)
		if err != nil {
			return nil, err
		}
		return p.Package, nil
	}
	phone := o.device("phone")
	o.status(http.StatusCreated)(phone.Add(t.Context(), cardA, passToken))
	o.syncs(phone, "card-a")
	first := unpacked(t, []byte(phone.Shows(cardA)))
	o.change(cardA)
	o.syncs(phone, "card-a")
	if second := unpacked(t, []byte(phone.Shows(cardA))); bytes.Equal(first["strip.png"], second["strip.png"]) {
		t.Error("a stamp later the strip is the same")
	}
}

func TestDatesRiseStrictly(t *testing.T) {
	at := func(second, millisecond int) time.Time {
		return instant.Add(time.Duration(second)*time.Second + time.Duration(millisecond)*time.Millisecond)
	}
	for name, c := range map[string]struct{ before, now, want time.Time }{
		"the first":                {time.Time{}, at(0, 700), at(0, 0)},
		"later":                    {at(0, 0), at(5, 300), at(5, 0)},
		"in the same second":       {at(0, 0), at(0, 900), at(1, 0)},
		"when it runs ahead":       {at(9, 0), at(5, 0), at(10, 0)},
		"after a clock was turned": {at(3600, 0), at(0, 0), at(3601, 0)},
	} {
		if got := apple.NextModified(c.before, c.now); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

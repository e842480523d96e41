package google_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/google/googletest"
)

func TestTheLinkBehindTheButton(t *testing.T) {
	s := open(t)
	if err := s.client.Upsert(t.Context(), aCard()); err != nil {
		t.Fatal(err)
	}
	link, err := s.Account().SaveLink([]string{objectID}, []string{"https://apteekki.example"}, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	ids, err := s.OpenSaveLink(link)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{objectID}, ids); diff != "" {
		t.Error(diff)
	}
	if len(link) > 1000 {
		t.Errorf("it has %d characters; with an id only it should have about 700", len(link))
	}
}

func TestALinkThatWasTamperedWith(t *testing.T) {
	s := open(t)
	if err := s.client.Upsert(t.Context(), aCard()); err != nil {
		t.Fatal(err)
	}
	link, err := s.Account().SaveLink([]string{objectID}, nil, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	start := strings.LastIndex(link, "/") + 1
	for i := start; i < len(link); i += 7 {
		flipped := []byte(link)
		if flipped[i] == 'A' {
			flipped[i] = 'B'
		} else {
			flipped[i] = 'A'
		}
		if _, err := s.OpenSaveLink(string(flipped)); err == nil && i < len(link)-1 {
			t.Errorf("with another letter at %d it is still good", i-start)
		}
	}
}

func TestLinksThatAreNotMade(t *testing.T) {
	s := open(t)
	account, now := s.Account(), s.clock.Now()
	for name, c := range map[string]struct {
		ids, origins []string
	}{
		"no object":             {nil, nil},
		"eleven objects":        {make([]string, 11), nil},
		"an id of nobody":       {[]string{"card_1"}, nil},
		"an origin with a path": {[]string{objectID}, []string{"https://apteekki.example/join"}},
		"an origin over http":   {[]string{objectID}, []string{"http://apteekki.example"}},
		"an origin with a name": {[]string{objectID}, []string{"https://aino@apteekki.example"}},
	} {
		if link, err := account.SaveLink(c.ids, c.origins, now); !errors.Is(err, google.ErrInvalid) {
			t.Errorf("%s: got %q, %v", name, link, err)
		}
	}
	var long []string
	for i := range 10 {
		long = append(long, fmt.Sprintf("%s.%s%d", googletest.Issuer, strings.Repeat("a", 100), i))
	}
	if link, err := account.SaveLink(long, nil, now); !errors.Is(err, google.ErrLinkTooLong) {
		t.Errorf("a link of %d characters: %v", len(link), err)
	}
}

func TestServiceAccountFilesThatAreWrong(t *testing.T) {
	s := open(t)
	change := func(field, value string) []byte {
		fields := map[string]string{}
		if err := json.Unmarshal(s.AccountFile(), &fields); err != nil {
			t.Fatal(err)
		}
		fields[field] = value
		file, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	small := "-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\nKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQJAIJLixBy2qpFoS4DSmoEm\no3qGy0t6z09AIJtH+5OeRV1be+N4cDYJKffGzDa88vQENZiRm0GRq6a+HPGQMd2k\nTQIhAKMSvzIBnni7ot/OSie2TmJLY4SwTQAevXysE2RbFDYdAiEBCUEaRQnMnbp7\n9mxDXDf6AU0cN/RPBjb9qSHDcWZHGzUCIG2Es59z8ugGrDY+pxLQnwfotadxd+Uy\nv/Ow5T0q5gIJAiEAyS4RaI9YG8EWx/2w0T67ZUVAw8eOMB6BIUg0Xcu+3okCIBOs\n/5OiPgoTdSy7bcF9IGpSE8ZgGKzgYQVZeN97YE00\n-----END RSA PRIVATE KEY-----\n"
	for word, file := range map[string][]byte{
		"not the JSON":     []byte("-----BEGIN PRIVATE KEY-----"),
		"authorized_user":  change("type", "authorized_user"),
		"client_email":     change("client_email", ""),
		"no private_key":   change("private_key", ""),
		"not an RSA key":   change("private_key", "AAAA"),
		"token_uri":        change("token_uri", "token"),
		"more than 65536":  make([]byte, google.MaxAccountFile+1),
		"512 bits":         change("private_key", small),
		"unexpected end":   {},
		"cannot unmarshal": []byte(`{"type": 7}`),
	} {
		account, err := google.ParseServiceAccount(file)
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("want a sentence with %q, got %v, %v", word, account, err)
		}
	}
}

func TestAnAccountPrintsWithoutItsKey(t *testing.T) {
	s := open(t)
	account := s.Account()
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, account); len(text) > 100 || !strings.Contains(text, googletest.Email) {
			t.Errorf("%s prints %s", format, text)
		}
	}
}

package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/access"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/jobs"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
)

// ask joins by the public form.
func (s *shop) ask(t *testing.T, phone, email, language string) customer.View {
	t.Helper()
	j, err := customer.Join{
		OrgID: s.org.ID, ProgramID: s.program.ID, Phone: phone, Email: email, Locale: language,
		Source: customer.SourceForm, Actor: loyalty.Actor{Kind: loyalty.ActorSystem}, Now: s.now(),
	}.Parse("FI", organization.KnownLocale)
	if err != nil {
		t.Fatal(err)
	}
	joined, err := s.Join(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	return joined.View
}

func (s *shop) confirmations(sender jobs.Sender) jobs.SendConfirmations {
	return jobs.SendConfirmations{
		Store: s, Sender: sender, Now: s.now, Log: quiet,
		Link: func(token string) string { return "https://cards.example.org/confirm/" + token },
	}
}

var linkPattern = regexp.MustCompile(`https://cards\.example\.org/confirm/(\S+)`)

func TestWhoeverAsksForACardGetsALink(t *testing.T) {
	for name, address := range databaseKinds {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, address(t))
			var out bytes.Buffer
			job := s.confirmations(&jobs.Console{Out: &out})
			view := s.ask(t, "+46701740605", "", "fi")
			if err := job.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			found := linkPattern.FindStringSubmatch(out.String())
			if found == nil || !strings.Contains(out.String(), "+46701740605") || !strings.Contains(out.String(), "Leimala") {
				t.Fatalf("the console says %q, want the number, the shop and a link", out.String())
			}
			if !strings.Contains(out.String(), "vahvista") {
				t.Errorf("the message %q is not in the customer's language", out.String())
			}
			confirmed, err := s.Confirm(t.Context(), s.org.ID, access.Hash(found[1]), s.now())
			if err != nil {
				t.Fatal(err)
			}
			if confirmed.View.Card.ID != view.Card.ID || confirmed.View.Card.Status != loyalty.CardActive {
				t.Errorf("the link confirmed %s (%s), want %s", confirmed.View.Card.ID, confirmed.View.Card.Status, view.Card.ID)
			}
			out.Reset()
			if err := job.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if out.Len() != 0 {
				t.Errorf("the second run sent %q", out.String())
			}
		})
	}
}

func TestALinkDiesAfterTenMinutes(t *testing.T) {
	s := newShop(t, "sqlite://"+t.TempDir()+"/leima.db")
	var out bytes.Buffer
	s.ask(t, "", "aino@example.org", "")
	if err := s.confirmations(&jobs.Console{Out: &out}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	token := linkPattern.FindStringSubmatch(out.String())[1]
	s.later(10*time.Minute + time.Second)
	if _, err := s.Confirm(t.Context(), s.org.ID, access.Hash(token), s.now()); !errors.Is(err, customer.ErrNotFound) {
		t.Errorf("an old link answers %v, want ErrNotFound", err)
	}
}

// failing is a Sender whose line is down.
type failing struct{ sent int }

func (f *failing) Send(context.Context, jobs.Message) error {
	f.sent++
	return errors.New("the line is down")
}

// What cannot be sent is not sent again and again, and does not stop the others.
func TestABrokenSenderIsNotAFlood(t *testing.T) {
	s := newShop(t, "sqlite://"+t.TempDir()+"/leima.db")
	s.ask(t, "", "aino@example.org", "")
	s.ask(t, "", "eino@example.org", "")
	sender := &failing{}
	for range 3 {
		if err := s.confirmations(sender).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if sender.sent != 2 {
		t.Errorf("%d messages were tried, want one for each of the two customers", sender.sent)
	}
}

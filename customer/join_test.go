package customer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

func knownLocale(l string) bool { return slices.Contains([]string{"en", "fi"}, l) }

func TestAJoinIsRead(t *testing.T) {
	asked := customer.Join{
		OrgID: "org_1", ProgramID: "prog_1", FirstName: " Maija ", LastName: "Virtanen ", Phone: "040 123 4567", Email: "Maija@Example.org",
		Locale: "fi", Consents: []customer.ConsentDecision{{TextID: "ctxt_1", Granted: true}}, Source: customer.SourceForm, Now: 1,
	}
	want := asked
	want.FirstName, want.LastName, want.Phone, want.Email = "Maija", "Virtanen", "+358401234567", "maija@example.org"
	got, err := asked.Parse("FI", knownLocale)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the join (-want +got):\n%s", diff)
	}
}

func TestWhatIsNoJoin(t *testing.T) {
	many := make([]customer.ConsentDecision, customer.MaxConsentTexts+1)
	for _, c := range []struct {
		name        string
		change      func(j *customer.Join)
		field, code string // "" is a good join
	}{
		{"a phone only", func(j *customer.Join) { j.Email = "" }, "", ""},
		{"an e-mail only", func(j *customer.Join) { j.Phone = "" }, "", ""},
		{"no name", func(j *customer.Join) { j.FirstName, j.LastName = "", "" }, "", ""},
		{"no language", func(j *customer.Join) { j.Locale = "" }, "", ""},
		{"as many decisions as there can be texts", func(j *customer.Join) { j.Consents = many[1:] }, "", ""},
		{"a name alone, at a till", func(j *customer.Join) { j.Phone, j.Email, j.LastName, j.Trusted = "", "", "", true }, "", ""},
		{"nothing at all, at a till", func(j *customer.Join) { *j = customer.Join{Trusted: true} }, "phone", customer.ContactMissing},
		{"neither phone nor e-mail", func(j *customer.Join) { j.Phone, j.Email = "", "" }, "phone", customer.ContactMissing},
		{"only blanks", func(j *customer.Join) { j.Phone, j.Email = "  ", "\t" }, "phone", customer.ContactMissing},
		{"a bad first name", func(j *customer.Join) { j.FirstName = "a\u202eb" }, "first_name", customer.InvalidCharacter},
		{"a long last name", func(j *customer.Join) { j.LastName = strings.Repeat("x", 101) }, "last_name", customer.InvalidTooLong},
		{"a bad phone beside a good e-mail", func(j *customer.Join) { j.Phone = "123" }, "phone", customer.InvalidPhone},
		{"a bad e-mail beside a good phone", func(j *customer.Join) { j.Email = "maija" }, "email", customer.InvalidEmail},
		{"a language that is not spoken here", func(j *customer.Join) { j.Locale = "xx" }, "locale", customer.InvalidLocale},
		{"too many decisions", func(j *customer.Join) { j.Consents = many }, "consents", customer.InvalidConsent},
		{"several things wrong: the first is told", func(j *customer.Join) { j.FirstName, j.Locale = "\x00", "xx" }, "first_name", customer.InvalidCharacter},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := customer.Join{FirstName: "Maija", LastName: "Virtanen", Phone: "+358401234567", Email: "maija@example.org", Locale: "fi"}
			c.change(&j)
			_, err := j.Parse("FI", knownLocale)
			if c.field == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			wantInvalid(t, err, c.field, c.code)
		})
	}
}

// By the public form nobody learns whether a contact is known, and nobody gets
// somebody else's card.
func TestPlanJoin(t *testing.T) {
	maija, pekka := &customer.Customer{ID: "cust_1"}, &customer.Customer{ID: "cust_2"}
	stranger := customer.JoinPlan{Status: customer.StatusProvisional, CardStatus: loyalty.CardProvisional, Confirm: true}
	vouched := func(existing *customer.Customer) customer.JoinPlan {
		return customer.JoinPlan{Existing: existing, Status: customer.StatusActive, CardStatus: loyalty.CardActive, Welcome: true}
	}
	for _, c := range []struct {
		name             string
		trusted          bool
		byPhone, byEmail *customer.Customer
		want             customer.JoinPlan
		err              error
	}{
		{"the form, nobody known", false, nil, nil, stranger, nil},
		{"the form, the phone is known", false, maija, nil, stranger, nil},
		{"the form, the e-mail is known", false, nil, maija, stranger, nil},
		{"the form, both are known", false, maija, maija, stranger, nil},
		{"the form, they are two people's", false, maija, pekka, stranger, nil},
		{"a till, nobody known", true, nil, nil, vouched(nil), nil},
		{"a till, the phone is known", true, maija, nil, vouched(maija), nil},
		{"a till, the e-mail is known", true, nil, maija, vouched(maija), nil},
		{"a till, both are one person's", true, maija, &customer.Customer{ID: "cust_1"}, vouched(maija), nil},
		{"a till, they are two people's", true, maija, pekka, customer.JoinPlan{}, customer.ErrTwoCustomers},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := customer.PlanJoin(customer.Join{Trusted: c.trusted, Phone: "+358401234567"}, c.byPhone, c.byEmail)
			if !errors.Is(err, c.err) {
				t.Fatalf("the error is %v, want %v", err, c.err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("the plan (-want +got):\n%s", diff)
			}
		})
	}
}

// Who gave no contact is not known to the shop yet, so nothing is sent and nothing given.
func TestPlanJoinByNameAlone(t *testing.T) {
	got, err := customer.PlanJoin(customer.Join{Trusted: true, FirstName: "Maija"}, nil, nil)
	if want := (customer.JoinPlan{Status: customer.StatusProvisional, CardStatus: loyalty.CardProvisional}); err != nil || got != want {
		t.Errorf("the plan is %+v, %v", got, err)
	}
}

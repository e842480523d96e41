package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/locale"
	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/typeid"
)

// honeypot is a field that people do not see and programs that fill in every form
// do.
const honeypot = "website"

// joinPage is what join.html shows.
type joinPage struct {
	*page
	Promise  promise
	Consents []consentBox
	Fields   joinFields
	// Errors are the complaints by field, Summary the same in the order of the form.
	Errors  map[string]string
	Summary []fieldError
}

// joinFields are what the visitor typed.
type joinFields struct{ FirstName, LastName, Phone, Email string }

// consentBox is one box to tick, never ticked beforehand.
type consentBox struct {
	ID, Text string
	Ticked   bool
}

// fieldError is a complaint about a field of the form.
type fieldError struct{ Field, Label, Text string }

// formField is what the template "field" shows.
type formField struct {
	ID, Label, Note, Type, Autocomplete, Capitalize string
	Value, Error                                    string
	MaxLen                                          int
	// DescribedBy are the ids of the hint and the complaint.
	DescribedBy string
}

// Field returns a field of the form by its name.
func (p joinPage) Field(id string) formField {
	f := formField{ID: id, Label: p.r.fieldLabel(id), Type: "text", MaxLen: customer.MaxNameLen, Error: p.Errors[id]}
	var described []string
	switch id {
	case "first_name":
		f.Autocomplete, f.Value, f.Capitalize = "given-name", p.Fields.FirstName, "words"
		f.Note = p.T("site.optional")
	case "last_name":
		f.Autocomplete, f.Value, f.Capitalize = "family-name", p.Fields.LastName, "words"
		f.Note = p.T("site.optional")
	case "phone":
		f.Type, f.Autocomplete, f.Value, f.MaxLen = "tel", "tel", p.Fields.Phone, customer.MaxPhoneLen
		described = append(described, "contact-hint")
	case "email":
		f.Type, f.Autocomplete, f.Value, f.MaxLen = "email", "email", p.Fields.Email, customer.MaxEmailLen
		described = append(described, "contact-hint")
	}
	if f.Error != "" {
		described = append(described, id+"-error")
	}
	f.DescribedBy = strings.Join(described, " ")
	return f
}

// Action is the address that the form is sent to: the page's own, without what stands
// after its #. With that, where the link past the head has left #main, a browser would
// go there after a mistake and not to the list of mistakes. Of what stands after its ?
// only the language is said again.
func (p joinPage) Action() string {
	action := p.r.Request().URL.EscapedPath()
	if p.r.wished != "" {
		action += "?lang=" + p.r.wished
	}
	return action
}

// promise is what a program promises, in words.
type promise struct {
	Program string
	// Collect is "Collect 10 stamps and get:", Reward what follows it.
	Collect, Reward string
	Milestones      []milestone
	Welcome         []string
}

type milestone struct{ Reward, When string }

func (r *request) promiseOf(p loyalty.Program) promise {
	text := func(t loyalty.Text) string { return t.In(r.texts.Locale(), r.org.Locale) }
	out := promise{
		Program: text(p.Name), Collect: r.N("join.promise", p.Goal), Reward: text(p.Main().Name),
	}
	for _, reward := range p.Rewards {
		switch reward.Kind {
		case loyalty.RewardMilestone:
			out.Milestones = append(out.Milestones, milestone{text(reward.Name), r.N("join.at_stamps", reward.At)})
		case loyalty.RewardWelcome:
			out.Welcome = append(out.Welcome, text(reward.Name))
		case loyalty.RewardMain:
		}
	}
	if p.WelcomeStamps > 0 {
		out.Welcome = append(out.Welcome, r.N("join.welcome_stamps", p.WelcomeStamps))
	}
	return out
}

// mayJoin reports whether the program gives out cards now.
func mayJoin(p loyalty.Program, now int64) bool {
	return p.Status == loyalty.ProgramActive && (p.EndsAt == 0 || now < p.EndsAt)
}

// chooseProgram leads to the only program that can be joined, or shows them all.
func (w *Web) chooseProgram(r *request) error {
	if err := r.of(r.Param("slug")); err != nil {
		return err
	}
	programs, err := w.Programs.Programs(r.ctx(), r.org.ID, paging.Page{Limit: paging.MaxLimit})
	if err != nil {
		return fmt.Errorf("list programs: %w", err)
	}
	choices := []choice{}
	for _, p := range programs.Items {
		if mayJoin(p, r.now()) {
			choices = append(choices, choice{Path: r.joinPath(p.ID), Promise: r.promiseOf(p)})
		}
	}
	switch len(choices) {
	case 0:
		return r.noProgram(http.StatusOK)
	case 1:
		return r.seeOther(choices[0].Path)
	}
	title := r.T("join.choose_title")
	return r.render(http.StatusOK, "choose", choosePage{page: r.newPage(title), Heading: title, Choices: choices})
}

type choosePage struct {
	*page
	Heading string
	Choices []choice
}

type choice struct {
	Path    string
	Promise promise
}

func (r *request) joinPath(programID string) string {
	return "/join/" + r.org.Slug + "/" + programID
}

// noProgram says that there is nothing to join.
func (r *request) noProgram(status int) error {
	heading := r.T("join.none_title")
	return r.render(status, "message", messagePage{
		page: r.newPage(heading), Heading: heading, Paragraphs: []string{r.T("join.none_text", "shop", r.org.Name)},
		Link: "/", LinkText: r.T("error.home"),
	})
}

// errNotJoinable: the program is there but gives out no cards.
var errNotJoinable = errors.New("program gives out no cards")

// joinable finds the organization and program that the address names.
func (w *Web) joinable(r *request) (loyalty.Program, error) {
	if err := r.of(r.Param("slug")); err != nil {
		return loyalty.Program{}, err
	}
	id := r.Param("program")
	if typeid.Check("prog", id) != nil {
		return loyalty.Program{}, errNotHere
	}
	p, err := w.Programs.Program(r.ctx(), r.org.ID, id)
	if err != nil {
		return loyalty.Program{}, fmt.Errorf("read program: %w", err)
	}
	if p.Status == loyalty.ProgramDraft {
		return loyalty.Program{}, errNotHere // nobody's business yet
	}
	if !mayJoin(p, r.now()) {
		return p, errNotJoinable
	}
	return p, nil
}

func (w *Web) joinPage(r *request) error {
	p, err := w.joinable(r)
	if errors.Is(err, errNotJoinable) {
		return r.noProgram(http.StatusGone)
	}
	if err != nil {
		return err
	}
	return w.showJoin(r, http.StatusOK, p, joinFields{}, nil)
}

// showJoin shows the form, with what was typed and what was wrong with it.
func (w *Web) showJoin(r *request, status int, p loyalty.Program, fields joinFields, wrong []*customer.InvalidFieldError) error {
	texts, err := w.Consents.ConsentTexts(r.ctx(), r.org.ID)
	if err != nil {
		return fmt.Errorf("read consent texts: %w", err)
	}
	data := joinPage{
		page: r.newPage(r.T("join.title", "shop", r.org.Name)), Promise: r.promiseOf(p), Fields: fields, Errors: map[string]string{},
	}
	for _, t := range texts {
		data.Consents = append(data.Consents, consentBox{
			ID: t.ID, Text: t.Text.In(r.texts.Locale(), r.org.Locale), Ticked: r.field(consentField(t.ID)) != "",
		})
	}
	for _, e := range wrong {
		text := r.fieldComplaint(e)
		data.Errors[e.Field] = text
		data.Summary = append(data.Summary, fieldError{Field: e.Field, Label: r.fieldLabel(e.Field), Text: text})
	}
	return r.render(status, "join", data)
}

func consentField(textID string) string { return "consent_" + textID }

// join takes the form. It answers the same, in the same time, whether the contact
// is known or not: always with a provisional card.
func (w *Web) join(r *request) error {
	if err := r.within(w.limits.join); err != nil {
		return err
	}
	p, err := w.joinable(r)
	if errors.Is(err, errNotJoinable) {
		return r.noProgram(http.StatusGone)
	}
	if err != nil {
		return err
	}
	if r.field(honeypot) != "" {
		return r.seeOther(r.joinPath(p.ID))
	}
	fields := joinFields{
		FirstName: r.field("first_name"), LastName: r.field("last_name"),
		Phone: r.field("phone"), Email: r.field("email"),
	}
	if wrong := fields.check(r.org.Country); len(wrong) > 0 {
		return w.showJoin(r, http.StatusUnprocessableEntity, p, fields, wrong)
	}
	j, err := w.parseJoin(r, p, fields)
	if err != nil {
		return err
	}
	joined, err := w.Cards.Join(r.ctx(), j)
	refusal := (*loyalty.Refusal)(nil)
	switch {
	case errors.As(err, &refusal):
		return r.noProgram(http.StatusGone)
	case err != nil:
		return fmt.Errorf("join: %w", err)
	}
	return r.seeOther(r.cardPath(joined.View.Link) + "?done=" + doneJoined)
}

// check returns everything that is wrong with the fields, in their order on the
// form: the visitor mends it in one go.
func (f joinFields) check(country string) []*customer.InvalidFieldError {
	_, first := customer.ParseName("first_name", f.FirstName)
	_, last := customer.ParseName("last_name", f.LastName)
	phone, badPhone := customer.ParsePhone("phone", f.Phone, country)
	email, badEmail := customer.ParseEmail("email", f.Email)
	if badPhone == nil && badEmail == nil && phone == "" && email == "" {
		badPhone = &customer.InvalidFieldError{Field: "phone", Code: customer.ContactMissing}
	}
	var all []*customer.InvalidFieldError
	for _, err := range []error{first, last, badPhone, badEmail} {
		var wrong *customer.InvalidFieldError
		if errors.As(err, &wrong) {
			all = append(all, wrong)
		}
	}
	return all
}

func (w *Web) parseJoin(r *request, p loyalty.Program, fields joinFields) (customer.Join, error) {
	texts, err := w.Consents.ConsentTexts(r.ctx(), r.org.ID)
	if err != nil {
		return customer.Join{}, fmt.Errorf("read consent texts: %w", err)
	}
	j := customer.Join{
		OrgID: r.org.ID, ProgramID: p.ID,
		FirstName: fields.FirstName, LastName: fields.LastName, Phone: fields.Phone, Email: fields.Email,
		Locale: r.texts.Locale(), Source: customer.SourceForm, Actor: loyalty.Actor{Kind: loyalty.ActorSystem},
		Zone: r.zone(), Now: r.now(),
	}
	for _, t := range texts {
		// Only what was on the form can be agreed to; a box left alone is a no.
		j.Consents = append(j.Consents, customer.ConsentDecision{TextID: t.ID, Granted: r.field(consentField(t.ID)) != ""})
	}
	parsed, err := j.Parse(r.org.Country, locale.Known)
	if err != nil {
		return customer.Join{}, fmt.Errorf("read form: %w", err)
	}
	return parsed, nil
}

// fieldLabel is what the form calls a field.
func (r *request) fieldLabel(field string) string {
	switch field {
	case "first_name":
		return r.T("join.first_name")
	case "last_name":
		return r.T("join.last_name")
	case "phone":
		return r.T("join.phone")
	case "email":
		return r.T("join.email")
	}
	return ""
}

// fieldComplaint says in the visitor's language what is wrong with a field.
func (r *request) fieldComplaint(wrong *customer.InvalidFieldError) string {
	switch wrong.Code {
	case customer.InvalidTooLong:
		return r.T("field.too_long")
	case customer.InvalidEncoding:
		return r.T("field.invalid_encoding")
	case customer.InvalidCharacter:
		return r.T("field.invalid_character")
	case customer.InvalidPhone:
		return r.T("field.invalid_phone", "example", phoneExample(r.org.Country))
	case customer.InvalidEmail:
		return r.T("field.invalid_email")
	case customer.ContactMissing:
		return r.T("field.contact_missing")
	}
	return r.T("field.invalid")
}

// phoneExample is a number as people of the country write theirs.
func phoneExample(country string) string {
	examples := map[string]string{
		"FI": "+358 40 1234567", "SE": "+46 70 174 06 05", "PL": "+48 512 345 678", "FR": "+33 6 39 98 12 34",
		"DE": "+49 1512 3456789", "CH": "+41 78 123 45 67", "RU": "+7 912 345-67-89", "GB": "+44 7700 900123",
	}
	if e, ok := examples[country]; ok {
		return e
	}
	return examples["FI"]
}

// cardPath is the address of a customer's card page, by its secret link.
func (r *request) cardPath(link string) string {
	return "/card/" + r.org.Slug + "/" + url.PathEscape(link)
}

package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// contactForm is what a customer who joined by name alone completes the card with.
type contactForm struct {
	r      *request
	Fields joinFields
	// Welcome is what a confirmed contact will bring.
	Welcome []string
	// Errors are the complaints by field.
	Errors map[string]string
}

// Field returns a field of the form by its name.
func (f contactForm) Field(id string) formField {
	return joinPage{page: &page{r: f.r}, Fields: f.Fields, Errors: f.Errors}.Field(id)
}

// contactFormOf returns the form, nil for a card whose customer has a contact or waits
// to confirm one.
func (r *request) contactFormOf(view customer.View) *contactForm {
	c := view.Customer
	if view.Card.Status != loyalty.CardProvisional || c.Phone+c.Email+c.PendingPhone+c.PendingEmail != "" {
		return nil
	}
	return &contactForm{r: r, Welcome: r.welcomeAhead(view), Errors: map[string]string{}}
}

// cardContact takes the form. It answers the same whether the contact is known or not.
func (w *Web) cardContact(r *request) error {
	view, err := w.findCard(r)
	if err != nil {
		return err
	}
	if err := r.within(w.limits.join); err != nil {
		return err
	}
	fields := joinFields{Phone: r.field("phone"), Email: r.field("email")}
	if wrong := fields.check(r.org.Country); len(wrong) > 0 {
		form := &contactForm{r: r, Fields: fields, Welcome: r.welcomeAhead(view), Errors: map[string]string{}}
		for _, e := range wrong {
			form.Errors[e.Field] = r.fieldComplaint(e)
		}
		return w.showCard(r, http.StatusUnprocessableEntity, view, form)
	}
	phone, err := customer.ParsePhone("phone", fields.Phone, r.org.Country)
	if err != nil {
		return fmt.Errorf("read form: %w", err)
	}
	email, err := customer.ParseEmail("email", fields.Email)
	if err != nil {
		return fmt.Errorf("read form: %w", err)
	}
	err = w.Confirmations.AddContact(r.ctx(), r.org.ID, view.Customer.ID, view.Card.ProgramID, phone, email, r.now())
	if err != nil && !errors.Is(err, customer.ErrNotFound) { // sent twice, or staff were quicker
		return fmt.Errorf("add contact: %w", err)
	}
	return r.seeOther(r.cardPath(view.Link) + "?done=" + doneSent)
}

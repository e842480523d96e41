package customer

import (
	"fmt"
	"time"

	"github.com/leima/leima/loyalty"
)

// Join asks for a card in a program.
//
// By somebody trusted (a till, an integration), a contact that is known leads to
// the card that is there. By the public form it never does, and nothing in the
// answer or its timing tells whether the contact is known: the visitor always gets
// a provisional customer and card, and the owner of the contact always gets a
// link. Somebody trusted may also give a name and no contact, for a customer who is in a
// hurry: that customer is provisional until they add a contact themselves. Confirming it either makes the provisional customer a real one or, if the
// contact is known, merges the two. Welcome rewards wait for that.
type Join struct {
	OrgID, ProgramID    string
	FirstName, LastName string
	Phone, Email        string
	Locale              string
	Consents            []ConsentDecision
	Trusted             bool
	Source              ConsentSource
	Actor               loyalty.Actor
	// LocationID is where the customer joined, "" if at none; welcome stamps are
	// entered for it.
	LocationID string
	Zone       *time.Location
	Now        int64
}

// Parse returns the join with its fields in the form in which they are stored, or
// an InvalidFieldError for the first wrong one. country is the organization's.
func (j Join) Parse(country string, knownLocale func(string) bool) (Join, error) {
	var err error
	if j.FirstName, err = ParseName("first_name", j.FirstName); err != nil {
		return j, err
	}
	if j.LastName, err = ParseName("last_name", j.LastName); err != nil {
		return j, err
	}
	if j.Phone, err = ParsePhone("phone", j.Phone, country); err != nil {
		return j, err
	}
	if j.Email, err = ParseEmail("email", j.Email); err != nil {
		return j, err
	}
	switch {
	case j.Phone == "" && j.Email == "" && (!j.Trusted || j.FirstName+j.LastName == ""):
		return j, &InvalidFieldError{"phone", ContactMissing, "a phone number or an e-mail address is required"}
	case j.Locale != "" && !knownLocale(j.Locale):
		return j, &InvalidFieldError{"locale", InvalidLocale, "is not a language of Leima"}
	case len(j.Consents) > MaxConsentTexts:
		return j, &InvalidFieldError{"consents", InvalidConsent, fmt.Sprintf("must hold at most %d decisions", MaxConsentTexts)}
	}
	return j, nil
}

// Joined is the answer to a Join.
type Joined struct {
	View View
	// Created is false if somebody trusted joined a customer who had the card.
	Created bool
}

// PlanJoin decides what a parsed Join does, given the customers that have its phone
// number and its e-mail address (nil where there is none).
func PlanJoin(j Join, byPhone, byEmail *Customer) (JoinPlan, error) {
	if !j.Trusted {
		return JoinPlan{Status: StatusProvisional, CardStatus: loyalty.CardProvisional, Confirm: true}, nil
	}
	if j.Phone == "" && j.Email == "" {
		return JoinPlan{Status: StatusProvisional, CardStatus: loyalty.CardProvisional}, nil
	}
	existing := byPhone
	if existing == nil {
		existing = byEmail
	}
	if byPhone != nil && byEmail != nil && byPhone.ID != byEmail.ID {
		return JoinPlan{}, ErrTwoCustomers
	}
	return JoinPlan{Existing: existing, Status: StatusActive, CardStatus: loyalty.CardActive, Welcome: true}, nil
}

// JoinPlan is what a Join does.
type JoinPlan struct {
	// Existing is the customer to use; nil for a new one with Status.
	Existing   *Customer
	Status     Status
	CardStatus loyalty.CardStatus
	// Welcome tells to give a new card its welcome rewards at once, Confirm to send
	// the owner of the contact a link instead.
	Welcome, Confirm bool
}

// Confirmation links.
const (
	// ConfirmationLife is how long a link can be used.
	ConfirmationLife = 10 * time.Minute
	// MaxConfirmationsPerHour bounds the links sent for one provisional customer.
	MaxConfirmationsPerHour = 3
)

// ConfirmationRequest is a link that waits to be made and sent.
type ConfirmationRequest struct {
	OrgID, ID, CustomerID, ProgramID string
	// Channel is "sms" or "email", To the contact that was typed.
	Channel, To, Locale string
	RequestedAt         int64
}

// Confirmed is the answer to a confirmed link.
type Confirmed struct {
	// View is the customer's card: the provisional one made real, or the one that was
	// there before, with the provisional one's stamps added.
	View   View
	Merged bool
}

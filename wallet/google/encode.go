package google

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// These fields are cleared by a patch when they are not set: a name that was erased
// has to vanish, and a code that no longer rotates must not stay beside the new one.
// A patch goes into nested objects, too, so those below a dot are cleared when the
// object they belong to is sent: a balance that became a text has no number any more.
// Messages are not among them; they were sent one by one and stay.
var (
	clearedOfObject = []string{
		"accountName", "accountId", "loyaltyPoints", "secondaryLoyaltyPoints", "heroImage", "barcode",
		"rotatingBarcode", "textModulesData", "linksModuleData", "merchantLocations", "validTimeInterval", "passConstraints",
		"loyaltyPoints.label", "loyaltyPoints.localizedLabel",
		"loyaltyPoints.balance.string", "loyaltyPoints.balance.int", "loyaltyPoints.balance.money",
		"secondaryLoyaltyPoints.label", "secondaryLoyaltyPoints.localizedLabel",
		"secondaryLoyaltyPoints.balance.string", "secondaryLoyaltyPoints.balance.int", "secondaryLoyaltyPoints.balance.money",
		"heroImage.contentDescription", "barcode.alternateText", "rotatingBarcode.alternateText",
		"validTimeInterval.start", "validTimeInterval.end",
	}
	clearedOfClass = []string{
		"localizedIssuerName", "localizedProgramName", "heroImage", "hexBackgroundColor", "homepageUri", "accountNameLabel",
		"accountIdLabel", "localizedAccountNameLabel", "localizedAccountIdLabel", "merchantLocations", "linksModuleData",
		"textModulesData", "callbackOptions", "securityAnimation",
	}
)

// insertBody returns an object as it is inserted.
func (o LoyaltyObject) insertBody() ([]byte, error) { return encode("object", o.prepared(), nil) }

// patchBody returns an object as it replaces what Google has.
func (o LoyaltyObject) patchBody(notify bool) ([]byte, error) {
	prepared := o.prepared()
	if notify {
		prepared.NotifyPreference = notifyOnUpdate
	}
	return encode("object", prepared, clearedOfObject)
}

// prepared returns a copy in which every text fits and nothing is what Google or
// this package decides.
func (o LoyaltyObject) prepared() LoyaltyObject {
	o.HasUsers = false
	o.NotifyPreference = ""
	o.AccountName = Shorten(o.AccountName, MaxNameRunes)
	o.AccountID = Shorten(o.AccountID, MaxNameRunes)
	o.LoyaltyPoints = o.LoyaltyPoints.prepared()
	o.SecondaryLoyaltyPoints = o.SecondaryLoyaltyPoints.prepared()
	o.TextModulesData = preparedModules(o.TextModulesData)
	messages := make([]Message, 0, len(o.Messages))
	for _, m := range o.Messages {
		m = m.prepared()
		m.MessageType = Text // one that notifies goes out by SendMessage, once
		messages = append(messages, m)
	}
	o.Messages = messages
	return o
}

func (p *LoyaltyPoints) prepared() *LoyaltyPoints {
	if p == nil {
		return nil
	}
	points := *p
	points.Label = Shorten(points.Label, MaxNameRunes)
	if points.Balance.Text != nil {
		points.Balance = TextBalance(Shorten(*points.Balance.Text, MaxNameRunes))
	}
	return &points
}

func (m Message) prepared() Message {
	m.Header = Shorten(m.Header, MaxNameRunes)
	m.Body = Shorten(m.Body, MaxTextRunes)
	return m
}

func (c LoyaltyClass) insertBody() ([]byte, error) { return encode("class", c.prepared(), nil) }
func (c LoyaltyClass) patchBody() ([]byte, error) {
	return encode("class", c.prepared(), clearedOfClass)
}

func (c LoyaltyClass) prepared() LoyaltyClass {
	c.IssuerName = Shorten(c.IssuerName, MaxNameRunes)
	c.ProgramName = Shorten(c.ProgramName, MaxNameRunes)
	c.AccountNameLabel = Shorten(c.AccountNameLabel, MaxNameRunes)
	c.AccountIDLabel = Shorten(c.AccountIDLabel, MaxNameRunes)
	c.TextModulesData = preparedModules(c.TextModulesData)
	c.ReviewStatus = reviewStatusUnderReview
	return c
}

func preparedModules(modules []TextModule) []TextModule {
	prepared := make([]TextModule, 0, len(modules))
	for _, m := range modules {
		m.Header = Shorten(m.Header, MaxNameRunes)
		m.Body = Shorten(m.Body, MaxTextRunes)
		prepared = append(prepared, m)
	}
	return prepared
}

// encode returns a value as JSON, with null for those of the cleared fields that are
// not there.
func encode(what string, value any, cleared []string) ([]byte, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("google wallet: encode %s: %w", what, err)
	}
	if len(cleared) == 0 {
		return body, nil
	}
	fields := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return nil, fmt.Errorf("google wallet: encode %s: %w", what, err)
	}
	for _, path := range cleared {
		clearField(fields, strings.Split(path, "."))
	}
	body, err = json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("google wallet: encode %s: %w", what, err)
	}
	return body, nil
}

// clearField sets a field to null unless it is there or what it belongs to is not.
func clearField(fields map[string]any, path []string) {
	for ; len(path) > 1; path = path[1:] {
		inner, ok := fields[path[0]].(map[string]any)
		if !ok {
			return
		}
		fields = inner
	}
	if _, there := fields[path[0]]; !there {
		fields[path[0]] = nil
	}
}

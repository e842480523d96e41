package apple

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/leima/leima/wallet/strip"
)

// document is pass.json, as developer.apple.com/documentation/walletpasses/pass names it.
// The order is that in which a person reads it.
type document struct {
	FormatVersion       int    `json:"formatVersion"`
	PassTypeIdentifier  string `json:"passTypeIdentifier"`
	TeamIdentifier      string `json:"teamIdentifier"`
	SerialNumber        string `json:"serialNumber"`
	OrganizationName    string `json:"organizationName"`
	Description         string `json:"description"`
	LogoText            string `json:"logoText,omitempty"`
	BackgroundColor     string `json:"backgroundColor"`
	ForegroundColor     string `json:"foregroundColor"`
	LabelColor          string `json:"labelColor"`
	WebServiceURL       string `json:"webServiceURL,omitempty"`
	AuthenticationToken string `json:"authenticationToken,omitempty"`
	SharingProhibited   bool   `json:"sharingProhibited,omitempty"`
	ExpirationDate      string `json:"expirationDate,omitempty"`
	Voided              bool   `json:"voided,omitempty"`

	StoreCard storeCard     `json:"storeCard"`
	Barcodes  []barcode     `json:"barcodes,omitempty"`
	NFC       *nfc          `json:"nfc,omitempty"`
	Locations []passPlace   `json:"locations,omitempty"`
	UserInfo  *passUserInfo `json:"userInfo,omitempty"`
}

type storeCard struct {
	HeaderFields    []field `json:"headerFields"`
	SecondaryFields []field `json:"secondaryFields,omitempty"`
	AuxiliaryFields []field `json:"auxiliaryFields,omitempty"`
	BackFields      []field `json:"backFields,omitempty"`
}

// field is one text with what stands above it. Keys are unique in the pass.
type field struct {
	Key             string `json:"key"`
	Label           string `json:"label,omitempty"`
	Value           string `json:"value"`
	AttributedValue string `json:"attributedValue,omitempty"`
	ChangeMessage   string `json:"changeMessage,omitempty"`
	TextAlignment   string `json:"textAlignment,omitempty"`
}

type barcode struct {
	Format          BarcodeFormat `json:"format"`
	Message         string        `json:"message"`
	MessageEncoding string        `json:"messageEncoding"`
	AltText         string        `json:"altText,omitempty"`
}

type nfc struct {
	Message             string `json:"message"`
	EncryptionPublicKey string `json:"encryptionPublicKey"`
}

type passPlace struct {
	Latitude     float64 `json:"latitude"`
	Longitude    float64 `json:"longitude"`
	RelevantText string  `json:"relevantText,omitempty"`
}

// passUserInfo is shown nowhere; it tells support which version a phone has.
type passUserInfo struct {
	Version int64  `json:"version"`
	Design  string `json:"design"`
}

// written is a pass before it is signed: the document and its translations.
type written struct {
	document []byte
	strings  []file // pass.strings of all languages
}

// write makes pass.json and the translations of a card that was checked.
func write(passType, team string, t *Template, c Card) (written, error) {
	d := t.design
	c = c.cleaned()
	w := writer{design: d, card: c, table: newTable(t.vocabulary, c.literals())}
	front := w.front()
	doc := document{
		FormatVersion: 1, PassTypeIdentifier: passType, TeamIdentifier: team, SerialNumber: c.Serial,
		OrganizationName: d.Organization, Description: w.table.key(d.Description), LogoText: d.LogoText,
		BackgroundColor: rgb(d.Background), ForegroundColor: rgb(d.Foreground), LabelColor: rgb(d.Label),
		SharingProhibited: d.NoSharing, Voided: c.Voided,
		StoreCard: storeCard{
			HeaderFields: w.header(), SecondaryFields: front[:min(len(front), inFirstRow)], AuxiliaryFields: front[min(len(front), inFirstRow):],
			BackFields: w.back(),
		},
		UserInfo: &passUserInfo{c.Version, d.Version},
	}
	if d.WebService != "" {
		doc.WebServiceURL, doc.AuthenticationToken = d.WebService, c.Token
	}
	if !c.Expires.IsZero() {
		doc.ExpirationDate = c.Expires.Format(time.RFC3339)
	}
	if !c.Voided {
		doc.Barcodes = []barcode{{d.Barcode, c.Code, encodingOf(c.Code), c.Number}}
		if d.NFCKey != "" && c.NFC != "" {
			doc.NFC = &nfc{c.NFC, d.NFCKey}
		}
		for _, l := range d.nearest(c.Near) {
			doc.Locations = append(doc.Locations, passPlace{l.Latitude, l.Longitude, w.table.key(l.Text)})
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // it is no page, and addresses stay readable
	if err := encoder.Encode(doc); err != nil {
		return written{}, fmt.Errorf("write pass.json: %w", err)
	}
	out := written{document: b.Bytes()}
	keys := w.table.keys()
	for _, locale := range slices.Sorted(maps.Keys(w.table.locales())) {
		out.strings = append(out.strings, newFile(locale+".lproj/pass.strings", w.table.strings(locale, keys)))
	}
	return out, nil
}

// rgb writes a colour as Apple wants it.
func rgb(c strip.Color) string { return fmt.Sprintf("rgb(%d, %d, %d)", c.R, c.G, c.B) }

// writer writes the fields of one pass. The texts of design and card were cleaned.
type writer struct {
	design Design
	card   Card
	table  *table
}

// field returns a field, none if there is nothing to show.
func (w writer) field(key string, label, value Text) []field {
	if value.IsZero() {
		return nil
	}
	return []field{{Key: key, Label: w.table.key(label), Value: w.table.key(value)}}
}

// header is the balance. It alone has a change message: a phone shows one for every
// field that changed.
func (w writer) header() []field {
	return []field{{
		Key: "balance", Label: w.table.key(w.design.Labels.Balance), Value: w.table.key(w.card.Balance),
		ChangeMessage: w.table.key(w.design.Changed),
	}}
}

// inFirstRow is how many fields stand below the strip beside each other.
const inFirstRow = 2

// front are the fields below the strip that the card has something for.
func (w writer) front() []field {
	chosen, labels := w.design.Front, w.design.Labels
	if chosen == nil {
		chosen = DefaultFront()
	}
	fields := []field{}
	for _, f := range chosen {
		switch f {
		case FrontNext:
			fields = append(fields, w.field("next", labels.NextGoal, w.card.NextGoal)...)
		case FrontRewards:
			fields = append(fields, w.field("rewards", labels.Rewards, w.card.Rewards)...)
		case FrontHolder:
			fields = append(fields, w.field("holder", labels.Holder, Say(w.card.Holder))...)
		case FrontNumber:
			fields = append(fields, w.field("number-front", labels.Number, Say(w.card.Number))...)
		}
	}
	// Of two in a row, the second stands at the right edge.
	for i := 1; i < len(fields); i += inFirstRow {
		fields[i].TextAlignment = "PKTextAlignmentRight"
	}
	return fields
}

func (w writer) back() []field {
	labels := w.design.Labels
	var fields []field
	add := func(key string, label, value Text) { fields = append(fields, w.field(key, label, value)...) }
	add("rewards-back", labels.Rewards, w.card.Rewards)
	add("next-back", labels.NextGoal, w.card.NextGoal)
	add("entries", labels.Entries, joinLines(w.card.Entries))
	add("number", labels.Number, Say(w.card.Number))
	for i, link := range w.design.Links {
		name := link.Name
		if name.IsZero() {
			name = labels.LinksHeading
		}
		fields = append(fields, field{
			Key: fmt.Sprintf("link-%d", i+1), Label: w.table.key(name), Value: w.table.key(link.URL),
			AttributedValue: w.table.key(anchor(link.URL)),
		})
	}
	add("terms", labels.Terms, w.design.Terms)
	return fields
}

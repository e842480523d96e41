package appletest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/leima/leima/wallet/apple"
)

// maxAnswer bounds what a device reads, in bytes.
const maxAnswer = 16 << 20

// Device is a phone or a watch, as Apple's documentation describes what it does.
type Device struct {
	// Server is the address before v1.
	Server string
	Client *http.Client
	// ID is the device library identifier, PushToken where pushes for it go.
	ID, PushToken string
	// ClockIsWrong makes it send a date of its own instead of the one it got.
	ClockIsWrong string

	tags  map[string]string // lastUpdated by pass type
	cards map[apple.Key]*held
}

// held is a pass on a device.
type held struct {
	token        string
	lastModified string
	content      []byte
}

// Answer is what the server answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// NewDevice returns a device without passes.
func NewDevice(server string, client *http.Client, id string) *Device {
	return &Device{
		Server: server, Client: client, ID: id, PushToken: fmt.Sprintf("%064x", id),
		tags: map[string]string{}, cards: map[apple.Key]*held{},
	}
}

// Call sends one request; token may be empty.
func (d *Device) Call(ctx context.Context, method, path, token, body string, header http.Header) (Answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, d.Server+path, strings.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("make request: %w", err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	if token != "" {
		r.Header.Set("Authorization", "ApplePass "+token)
	}
	response, err := d.Client.Do(r)
	if err != nil {
		return Answer{}, fmt.Errorf("ask server: %w", err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return Answer{}, fmt.Errorf("read answer: %w", err)
	}
	return Answer{response.StatusCode, response.Header, data}, nil
}

func (d *Device) registration(key apple.Key) string {
	return "/v1/devices/" + url.PathEscape(d.ID) + "/registrations/" + url.PathEscape(key.PassType) + "/" + url.PathEscape(key.Serial)
}

// Add puts a pass on the device, which registers for changes. It returns the status.
func (d *Device) Add(ctx context.Context, key apple.Key, token string) (int, error) {
	if d.cards[key] == nil {
		d.cards[key] = &held{token: token}
	}
	body := fmt.Sprintf(`{"pushToken":%q}`, d.PushToken)
	a, err := d.Call(ctx, http.MethodPost, d.registration(key), token, body, nil)
	return a.Status, err
}

// Remove takes a pass off the device, which unregisters. It returns the status.
func (d *Device) Remove(ctx context.Context, key apple.Key) (int, error) {
	card := d.cards[key]
	delete(d.cards, key)
	a, err := d.Call(ctx, http.MethodDelete, d.registration(key), card.token, "", nil)
	return a.Status, err
}

// Sync is what a device does after a push or when somebody pulls a pass down: it asks what
// changed and fetches that. It returns the serials that came anew.
func (d *Device) Sync(ctx context.Context, passType string) ([]string, error) {
	path := "/v1/devices/" + url.PathEscape(d.ID) + "/registrations/" + url.PathEscape(passType)
	if tag := d.tags[passType]; tag != "" {
		path += "?passesUpdatedSince=" + url.QueryEscape(tag)
	}
	a, err := d.Call(ctx, http.MethodGet, path, "", "", nil)
	if err != nil || a.Status == http.StatusNoContent {
		return nil, err
	}
	if a.Status != http.StatusOK {
		return nil, fmt.Errorf("what changed: status %d", a.Status)
	}
	var changes struct {
		SerialNumbers []string `json:"serialNumbers"`
		LastUpdated   *string  `json:"lastUpdated"`
	}
	if err := json.Unmarshal(a.Body, &changes); err != nil {
		return nil, fmt.Errorf("what changed: %w", err)
	}
	if len(changes.SerialNumbers) == 0 || changes.LastUpdated == nil {
		return nil, fmt.Errorf("what changed: %s", a.Body)
	}
	var fresh []string
	for _, serial := range changes.SerialNumbers {
		status, err := d.Fetch(ctx, apple.Key{PassType: passType, Serial: serial})
		if err != nil {
			return fresh, err
		}
		if status == http.StatusOK {
			fresh = append(fresh, serial)
		}
	}
	d.tags[passType] = *changes.LastUpdated
	return fresh, nil
}

// Fetch asks for one pass, unless it is as the device has it. It returns the status.
func (d *Device) Fetch(ctx context.Context, key apple.Key) (int, error) {
	card := d.cards[key]
	if card == nil {
		return 0, fmt.Errorf("the device was told of %s, which it does not have", key.Serial)
	}
	header := http.Header{}
	if card.lastModified != "" {
		header.Set("If-Modified-Since", card.lastModified)
	}
	if d.ClockIsWrong != "" {
		header.Set("If-Modified-Since", d.ClockIsWrong)
	}
	a, err := d.Call(ctx, http.MethodGet, "/v1/passes/"+url.PathEscape(key.PassType)+"/"+url.PathEscape(key.Serial), card.token, "", header)
	if err != nil {
		return 0, err
	}
	if a.Status == http.StatusOK {
		if kind := a.Header.Get("Content-Type"); kind != apple.MediaType {
			return a.Status, fmt.Errorf("a pass of the type %q", kind)
		}
		card.content, card.lastModified = a.Body, a.Header.Get("Last-Modified")
	}
	return a.Status, nil
}

// Shows returns what the device has of a pass.
func (d *Device) Shows(key apple.Key) string {
	if card := d.cards[key]; card != nil {
		return string(card.content)
	}
	return ""
}

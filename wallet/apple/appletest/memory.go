package appletest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/leima/leima/wallet/apple"
)

// Memory remembers passes and registrations for the length of a test. It implements
// apple.Registrations, apple.Passes, apple.Log and World.
type Memory struct {
	// Now is the server's clock.
	Now func() time.Time
	// Make makes the file of a pass; if nil, a few words stand for it.
	Make func(key apple.Key, state apple.PassState) ([]byte, error)
	// Fault, if set, is returned by every method: the database is away.
	Fault error

	changing   sync.Mutex // held from the tag of a change to its commit
	mu         sync.Mutex
	tag        int64
	passes     map[apple.Key]*pass
	devices    map[string]map[apple.Key]string // push tokens
	complaints []string
}

type pass struct {
	state   apple.PassState
	tag     int64
	fetched int64
}

// NewMemory returns an empty one whose clock stands still.
func NewMemory(now time.Time) *Memory {
	return &Memory{
		Now: func() time.Time { return now }, passes: map[apple.Key]*pass{}, devices: map[string]map[apple.Key]string{},
	}
}

// Add makes a pass with a token.
func (m *Memory) Add(_ context.Context, key apple.Key, token string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tag++
	m.passes[key] = &pass{
		state: apple.PassState{Token: token, Version: 1, Modified: apple.NextModified(time.Time{}, m.Now())}, tag: m.tag,
	}
	return nil
}

// Change changes a pass.
func (m *Memory) Change(ctx context.Context, key apple.Key) error {
	return m.ChangeSlowly(ctx, key, func() {})
}

// ChangeSlowly implements World.
func (m *Memory) ChangeSlowly(_ context.Context, key apple.Key, meanwhile func()) error {
	// One change after the other: who has a tag is visible before the next is given.
	m.changing.Lock()
	defer m.changing.Unlock()
	tag := m.nextTag()
	meanwhile()
	return m.commit(key, tag)
}

func (m *Memory) nextTag() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tag++
	return m.tag
}

func (m *Memory) commit(key apple.Key, tag int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.passes[key]
	if !ok {
		return apple.ErrNoPass
	}
	p.tag = tag
	p.state.Version++
	p.state.Modified = apple.NextModified(p.state.Modified, m.Now())
	return nil
}

// Remove forgets a pass and its registrations.
func (m *Memory) Remove(key apple.Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.passes, key)
	for _, held := range m.devices {
		delete(held, key)
	}
}

// PushTokens returns where pushes about a pass go, in alphabetical order.
func (m *Memory) PushTokens(_ context.Context, key apple.Key) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var tokens []string
	for _, held := range m.devices {
		if token, ok := held[key]; ok {
			tokens = append(tokens, token)
		}
	}
	slices.Sort(tokens)
	return tokens, nil
}

// FetchedVersion returns the largest version that a phone fetched, 0 for none.
func (m *Memory) FetchedVersion(_ context.Context, key apple.Key) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.passes[key].fetched, nil
}

// Complaints returns what phones have complained about.
func (m *Memory) Complaints() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.complaints)
}

// Register implements apple.Registrations.
func (m *Memory) Register(_ context.Context, r apple.Registration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Fault != nil {
		return false, m.Fault
	}
	if m.passes[r.Key] == nil {
		return false, apple.ErrNoPass
	}
	held := m.devices[r.Device]
	if held == nil {
		held = map[apple.Key]string{}
		m.devices[r.Device] = held
	}
	_, known := held[r.Key]
	if !known && len(held) >= apple.MaxRegistrations {
		return false, apple.ErrTooMany
	}
	held[r.Key] = r.PushToken
	return !known, nil
}

// Unregister implements apple.Registrations.
func (m *Memory) Unregister(_ context.Context, device string, key apple.Key) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.devices[device], key)
	return m.Fault
}

// Changed implements apple.Registrations.
func (m *Memory) Changed(_ context.Context, device, passType string, after int64) (apple.Changes, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Fault != nil {
		return apple.Changes{}, m.Fault
	}
	var keys []apple.Key
	for key := range m.devices[device] {
		if key.PassType == passType && m.passes[key].tag > after {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b apple.Key) int { return cmp.Compare(m.passes[a].tag, m.passes[b].tag) })
	var changes apple.Changes
	for _, key := range keys[:min(len(keys), apple.MaxRegistrations)] {
		changes.Serials = append(changes.Serials, key.Serial)
		changes.Tag = m.passes[key].tag
	}
	return changes, nil
}

// State implements apple.Passes.
func (m *Memory) State(_ context.Context, key apple.Key) (apple.PassState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Fault != nil {
		return apple.PassState{}, m.Fault
	}
	p, ok := m.passes[key]
	if !ok {
		return apple.PassState{}, apple.ErrNoPass
	}
	return p.state, nil
}

// Package implements apple.Passes.
func (m *Memory) Package(ctx context.Context, key apple.Key) (apple.PassState, []byte, error) {
	state, err := m.State(ctx, key)
	if err != nil {
		return state, nil, err
	}
	if m.Make != nil {
		packed, err := m.Make(key, state)
		return state, packed, err
	}
	return state, fmt.Appendf(nil, "%s in version %d", key.Serial, state.Version), nil
}

// Fetched implements apple.Passes.
func (m *Memory) Fetched(_ context.Context, key apple.Key, version int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p, ok := m.passes[key]; ok {
		p.fetched = max(p.fetched, version)
	}
	return m.Fault
}

// Complaint implements apple.Log.
func (m *Memory) Complaint(_ context.Context, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.complaints = append(m.complaints, text)
}

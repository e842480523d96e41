package projection

import (
	"context"
	"sync"
	"time"

	"github.com/leima/leima/loyalty"
)

const (
	// programFor is for how long a program is remembered. A scan only advises, so a rule
	// that was just changed may be shown that late.
	programFor = time.Second
	// maxPrograms bounds the programs that are remembered.
	maxPrograms = 2000
)

type programKey struct{ orgID, id string }

// programs remembers programs for a moment.
type programs struct {
	read func(ctx context.Context, orgID, id string) (loyalty.Program, error)

	mu    sync.RWMutex
	known map[programKey]knownProgram
	// turn counts what was forgotten on demand, so that a reading that was under way
	// meanwhile is not remembered.
	turn uint64
}

type knownProgram struct {
	loyalty.Program
	until time.Time
}

func newPrograms(read func(ctx context.Context, orgID, id string) (loyalty.Program, error)) *programs {
	return &programs{read: read, known: map[programKey]knownProgram{}}
}

// program returns a program. Whoever gets it must not change what it points to.
func (p *programs) program(ctx context.Context, orgID, id string) (loyalty.Program, error) {
	key := programKey{orgID, id}
	p.mu.RLock()
	known, ok := p.known[key]
	turn := p.turn
	p.mu.RUnlock()
	if ok && time.Now().Before(known.until) {
		return known.Program, nil
	}
	program, err := p.read(ctx, orgID, id)
	if err == nil {
		p.keep(key, program, turn)
	}
	return program, err
}

func (p *programs) keep(key programKey, program loyalty.Program, turn uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.turn != turn {
		return
	}
	if len(p.known) >= maxPrograms {
		clear(p.known) // they are read again in a second anyway
	}
	p.known[key] = knownProgram{program, time.Now().Add(programFor)}
}

func (p *programs) forget(orgID, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.turn++
	delete(p.known, programKey{orgID, id})
}

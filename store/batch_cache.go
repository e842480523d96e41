package store

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/leima/leima/loyalty"
)

const (
	// cachedPrograms and cachedLocations bound what is remembered. When they are full all
	// is forgotten: what is in use comes back at once.
	cachedPrograms  = 8192
	cachedLocations = 65_536
)

// programVersion names a version of a program, which says the same for ever.
type programVersion struct {
	rowKey
	version int64
}

// programCache remembers programs by version. Which version counts is read with the card.
type programCache struct {
	mu    sync.RWMutex
	known map[programVersion]*loyalty.Program
}

func newProgramCache() *programCache {
	return &programCache{known: map[programVersion]*loyalty.Program{}}
}

func (x *programCache) find(v programVersion) *loyalty.Program {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.known[v]
}

func (x *programCache) remember(p *loyalty.Program) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.known) >= cachedPrograms {
		clear(x.known)
	}
	x.known[programVersion{rowKey{p.OrgID, p.ID}, p.Version}] = p
}

// findPrograms gives each card its program, read unless it is remembered.
func (b *batch) findPrograms(ctx context.Context, cache *programCache) error {
	missing := map[programVersion]bool{}
	for _, h := range b.cards {
		v := programVersion{rowKey{h.card.OrgID, h.card.ProgramID}, h.version}
		if h.program = cache.find(v); h.program == nil {
			missing[v] = true
		}
	}
	if len(missing) == 0 {
		return nil
	}
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	var args []any
	var rows []string
	for v := range missing {
		n := len(args)
		rows = append(rows, fmt.Sprintf("($%d,$%d,CAST($%d AS BIGINT))", n+1, n+2, n+3))
		args = append(args, v.orgID, v.id, v.version)
	}
	list, err := all(ctx, tx, scanProgram, "SELECT v.org_id, v.program_id, v.status, v.version, v.rules, p.created_at "+
		"FROM program_version v JOIN program p ON p.org_id = v.org_id AND p.id = v.program_id "+
		"WHERE (v.org_id, v.program_id, v.version) IN (VALUES "+strings.Join(rows, ",")+")", args...)
	if err != nil {
		return err
	}
	read := map[programVersion]*loyalty.Program{}
	for i := range list {
		p := &list[i]
		cache.remember(p)
		read[programVersion{rowKey{p.OrgID, p.ID}, p.Version}] = p
	}
	for _, h := range b.cards {
		if h.program != nil {
			continue
		}
		v := programVersion{rowKey{h.card.OrgID, h.card.ProgramID}, h.version}
		if h.program = read[v]; h.program == nil {
			return fmt.Errorf("program %s has no version %d", v.id, v.version)
		}
	}
	return nil
}

// locationCache remembers locations that are there. Nothing deletes one.
type locationCache struct {
	mu    sync.RWMutex
	known map[rowKey]bool
}

func newLocationCache() *locationCache { return &locationCache{known: map[rowKey]bool{}} }

func (x *locationCache) knows(key rowKey) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.known[key]
}

func (x *locationCache) remember(keys []rowKey) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.known)+len(keys) > cachedLocations {
		clear(x.known)
	}
	for _, key := range keys {
		x.known[key] = true
	}
}

// findLocations notes which locations of the commands are not there. Entries have no
// foreign key for it: looking the same location up, and locking it, for every entry cost
// more than the entry.
func (b *batch) findLocations(ctx context.Context, cache *locationCache) error {
	var unknown keySet
	for i := range b.commands {
		c := &b.commands[i]
		if key := (rowKey{c.OrgID, c.LocationID}); c.LocationID != "" && !cache.knows(key) {
			unknown.add(key)
		}
	}
	if len(unknown.values) == 0 {
		return nil
	}
	tx, err := b.st.rare(ctx)
	if err != nil {
		return err
	}
	found, err := locationsIn(ctx, tx, unknown.values)
	if err != nil {
		return err
	}
	cache.remember(found)
	b.nowhere = unknown.has
	for _, key := range found {
		delete(b.nowhere, key)
	}
	return nil
}

// locationsIn returns those of the locations that are there.
func locationsIn(ctx context.Context, tx *transaction, keys []rowKey) ([]rowKey, error) {
	var args []any
	return all(ctx, tx, scanRowKey, "SELECT org_id, id FROM location WHERE (org_id, id) IN "+inPairs(&args, keys), args...)
}

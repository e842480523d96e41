//go:build linux

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/leima/leima/chaos/proof"
	"github.com/leima/leima/chaos/record"
	"github.com/leima/leima/chaos/till"
	"github.com/leima/leima/chaos/world"
	"github.com/leima/leima/loyalty"
)

const (
	// cardsPerShop are few enough that tills meet on them.
	cardsPerShop = 20
	// answerLimit is how long a till waits for an answer.
	answerLimit = 5 * time.Second
	// healLimit is how long a system may take to work again after a blow.
	healLimit = 60 * time.Second
	// pollEvery is the pause between two looks at what is waited for.
	pollEvery = 20 * time.Millisecond
	// smallDisk is the size of a file system that is to fill up, in bytes: a new cluster
	// of PostgreSQL takes some 80 MB of it.
	smallDisk = 256 << 20
	// tinyDisk is that for SQLite, which needs less.
	tinyDisk = 64 << 20
)

// stage is a world with tills in it.
type stage struct {
	name  string
	world *world.World
	load  *till.Load
	log   io.Writer
	// recordPath is outside of the world.
	recordPath string
	restarts   int
}

// plan returns what the named world is made of.
func plan(name, leima string, redis bool) world.Plan {
	p := world.Plan{Leima: leima, Replicas: 2, Redis: redis, Cards: cardsPerShop}
	switch name {
	case embedded:
		p.SQLite, p.Replicas, p.Redis, p.DiskBytes = true, 1, false, tinyDisk
	case small:
		p.Replicas, p.Redis, p.DiskBytes = 1, false, smallDisk
	}
	return p
}

// openStage starts a world and gets its tills ready.
func openStage(ctx context.Context, name string, p world.Plan, o options, folder string, log io.Writer) (_ *stage, err error) {
	s := &stage{name: name, log: log, recordPath: filepath.Join(folder, "record of "+name)}
	if s.world, err = world.Start(ctx, p); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.world.Close())
		}
	}()
	file, err := record.Create(s.recordPath)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s.load = &till.Load{Record: file, Client: till.NewClient(answerLimit), Seed: o.Seed, Tills: o.Tills, Rate: o.Rate}
	for _, r := range s.world.Replicas {
		s.load.Replicas = append(s.load.Replicas, r.URL())
	}
	for _, shop := range s.world.Shops {
		known := till.Shop{LocationID: shop.LocationID, Token: shop.Token}
		for _, c := range shop.Cards {
			known.Cards = append(known.Cards, till.Card(c))
		}
		s.load.Shops = append(s.load.Shops, known)
	}
	s.load.Prepare()
	return s, nil
}

// keepLogs copies what the replicas said to the folder of the record.
func (s *stage) keepLogs(folder string) error {
	var errs []error
	for i := range s.world.Replicas {
		text, err := os.ReadFile(s.world.LogPath(i))
		if err == nil {
			const private = 0o600
			err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("log of replica %d of %s", i, s.name)), text, private) //nolint:gosec // a folder of ours
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("keep the logs: %w", err)
	}
	return nil
}

func (s *stage) close() error {
	s.load.Client.Forget()
	return errors.Join(s.load.Record.Close(), s.world.Close())
}

func (s *stage) say(format string, a ...any) { fmt.Fprintf(s.log, format+"\n", a...) }

// errSaysReady is of a replica that sees nothing wrong with itself.
var errSaysReady = errors.New("that it is ready")

// healed returns when every replica has acknowledged something that was sent after the
// instant.
func (s *stage) healed(ctx context.Context, since time.Time) error {
	for limit := time.Now().Add(healLimit); ; {
		waiting := -1
		for i := range s.load.Replicas {
			if !s.load.AcknowledgedSince(i, since) {
				waiting = i
			}
		}
		switch {
		case waiting < 0:
			return nil
		case time.Now().After(limit):
			return fmt.Errorf("replica %d has acknowledged nothing for %s, and says: %w; the end of its log is in %s",
				waiting, healLimit, cmp.Or(s.world.Replicas[waiting].Ready(ctx), errSaysReady), s.world.LogPath(waiting))
		}
		if err := wait(ctx, pollEvery); err != nil {
			return err
		}
	}
}

// orgIDs are in the order in which the record counts organizations.
func (s *stage) orgIDs() []string {
	ids := make([]string, 0, len(s.world.Shops))
	for _, shop := range s.world.Shops {
		ids = append(ids, shop.OrgID)
	}
	return ids
}

// program is a proof.Programs: no fault changes a program.
func (s *stage) program(id string, version int64) (loyalty.Program, bool) {
	for _, shop := range s.world.Shops {
		if shop.Program.ID == id && shop.Program.Version == version {
			return shop.Program, true
		}
	}
	return loyalty.Program{}, false
}

// readBack reads what the tills know and what is in the database.
func (s *stage) readBack(ctx context.Context) (*record.History, *proof.Ledger, error) {
	h, err := record.Read(s.recordPath)
	if err != nil {
		return nil, nil, err
	}
	l, err := proof.Read(ctx, s.world.DatabaseURL, s.orgIDs())
	return h, l, err
}

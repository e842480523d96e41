package store

import (
	"context"
)

// Finding is one thing that was looked at by Check.
type Finding struct {
	Name   string
	OK     bool
	Detail string
}

// Check looks whether the database is as it should be.
func (s *Store) Check(ctx context.Context) ([]Finding, error) {
	pending, err := s.pending(ctx)
	return []Finding{{Name: "migrations", OK: len(pending) == 0}}, err
}

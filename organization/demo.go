package organization

import "errors"

// ErrNotDemo: the organization is not a made-up one, so nothing of it is removed.
var ErrNotDemo = errors.New("the organization is not a demo")

// DemoData is what there is of the customers of an organization, and whether they were
// made up.
type DemoData struct {
	// Demo tells that the organization was made as a demo, and that its customers were not
	// removed yet.
	Demo                      bool
	Customers, Cards, Entries int64
}

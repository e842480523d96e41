package contract

import (
	"encoding/json"
	"fmt"
)

// Clearable is a member of a change that can be left out (nothing changes), null
// (the value is taken away) or a value.
type Clearable[T any] struct {
	// Given tells that the member was there, Null that it was null.
	Given, Null bool
	Value       T
}

// UnmarshalJSON implements json.Unmarshaler. encoding/json does not call it for a
// member that is not there.
func (c *Clearable[T]) UnmarshalJSON(b []byte) error {
	c.Given = true
	if string(b) == "null" {
		c.Null = true
		return nil
	}
	if err := json.Unmarshal(b, &c.Value); err != nil {
		return fmt.Errorf("decode value: %w", err)
	}
	return nil
}

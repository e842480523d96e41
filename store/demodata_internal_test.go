package store

import (
	"slices"
	"testing"
)

// A table that is about customers and is not in the list would keep what is to be removed,
// or keep the removal from working.
func TestWhatIsOfCustomersIsRemovedWithADemo(t *testing.T) {
	s := openEmpty(t)
	tables, err := all(t.Context(), &transaction{s.writes, s.dialect}, scan1[string], "SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "+
		"WHERE m.type = 'table' AND c.name IN ('customer_id', 'card_id', 'from_card_id', 'kept_id', 'coupon_id', 'entry_id', 'serial', 'staff_id') ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	// Of staff, not of customers.
	others := []string{"session", "sign_in_link"}
	for _, table := range tables {
		if !slices.Contains(ofCustomers, table) && !slices.Contains(others, table) {
			t.Errorf("%s is not removed with the customers of a demo; see ofCustomers", table)
		}
	}
	if len(tables) < len(ofCustomers)/2 {
		t.Errorf("the schema has only %v", tables)
	}
}

package customer

// SamsungPass is what Samsung reported of a pass.
type SamsungPass struct {
	OrgID, Type, Serial string
	// State is the last report: ADDED, UPDATED, PROVISIONED or DELETED.
	State string
	// RequestID is the same when a report is repeated; it may be empty.
	RequestID string
	// Country and Callback say whom to tell of changes. Callback may be empty.
	Country, Callback string
}

// SamsungDeleted is the state of a pass that is in no wallet any more.
const SamsungDeleted = "DELETED"

// SamsungPush is a pass of which Samsung is to be told that it changed.
type SamsungPush struct {
	Serial            string
	Version           int64
	Country, Callback string
	// Tries is how often Samsung was told of this version.
	Tries int
	// Gone tells that the card is not its any more: blocked for good, merged, or under
	// another code.
	Gone bool
}

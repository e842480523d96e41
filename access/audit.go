package access

import "context"

// DoerKind is the kind of whoever did something, as the audit log names them.
type DoerKind string

// The kinds of doers.
const (
	DoerStaff  DoerKind = "staff"
	DoerAPIKey DoerKind = "api_key"
	DoerTill   DoerKind = "till"
	// DoerSystem is Leima itself or a command on the server.
	DoerSystem DoerKind = "system"
)

// Doer is who does something, and in which request.
type Doer struct {
	Kind DoerKind
	// ID is the member of staff's, key's or till's; "" for the system.
	ID string
	// RequestID is the id by which the server's log knows the request, "" if it was none.
	RequestID string
}

// Doer is the principal as the audit log names it.
func (p Principal) Doer(requestID string) Doer {
	d := Doer{Kind: DoerAPIKey, ID: p.ID, RequestID: requestID}
	switch {
	case p.StaffID != "":
		d.Kind, d.ID = DoerStaff, p.StaffID
	case p.Kind == KindTill:
		d.Kind = DoerTill
	}
	return d
}

type doerKey struct{}

// WithDoer returns a context in which d does whatever is done.
func WithDoer(ctx context.Context, d Doer) context.Context {
	return context.WithValue(ctx, doerKey{}, d)
}

// DoerOf returns who does what is done in the context: the system if nobody is named.
func DoerOf(ctx context.Context) Doer {
	if d, ok := ctx.Value(doerKey{}).(Doer); ok {
		return d
	}
	return Doer{Kind: DoerSystem}
}

// Deed is a line of the audit log: who did what to what, and when. Lines are only added.
type Deed struct {
	OrgID, ID string
	// At is in UTC milliseconds.
	At   int64
	Doer Doer
	// DoerName is what the doer is called now, "" for the system.
	DoerName string
	Action   Action
	// SubjectID is what it was done to, and SubjectName what that is called now: a customer,
	// and a card of theirs, by the customer's number; "" for what has no name in one language.
	SubjectID, SubjectName string
	Changes                []Change
}

// Change is a part of the subject before and after. What is personal data of customers or
// staff is only named.
type Change struct {
	Field, Before, After string
}

// Action is what was done.
type Action string

// The actions. openapi.yaml names for each operation that changes configuration or
// personal data the one that it leaves, as x-leima-audit.
const (
	OrganizationChanged Action = "organization.changed"
	LogoChanged         Action = "organization.logo_changed"
	DemoRemoved         Action = "organization.demo_removed"
	LocationAdded       Action = "location.added"
	LocationChanged     Action = "location.changed"
	StaffAdded          Action = "staff.added"
	StaffChanged        Action = "staff.changed"
	PINSet              Action = "staff.pin_set"
	SignedIn            Action = "staff.signed_in"
	TillCodeMade        Action = "till.code_made"
	TillPaired          Action = "till.paired"
	TillUnpaired        Action = "till.unpaired"
	ProgramAdded        Action = "program.added"
	ProgramChanged      Action = "program.changed"
	DesignChanged       Action = "program.design_changed"
	ArtworkAdded        Action = "organization.artwork_added"
	CustomerChanged     Action = "customer.changed"
	CustomerBlocked     Action = "customer.blocked"
	CustomerUnblocked   Action = "customer.unblocked"
	CustomerMerged      Action = "customer.merged"
	CustomerUnmerged    Action = "customer.unmerged"
	ConsentsRecorded    Action = "customer.consents_recorded"
	ConsentTextAdded    Action = "consent_text.added"
	CardBlocked         Action = "card.blocked"
	CardAdjusted        Action = "card.adjusted"
	CardReissued        Action = "card.reissued"
	CardOldNumberSet    Action = "card.old_number_set"
	KeyMade             Action = "api_key.made"
	KeyRevoked          Action = "api_key.revoked"
	ImportStarted       Action = "import.started"
	ImportStopped       Action = "import.stopped"
	ReviewDecided       Action = "review.decided"
	ListExported        Action = "list.exported"
)

// AuditQuery says which lines are wanted. What is "" or 0 asks for nothing.
type AuditQuery struct {
	Action            Action
	DoerID, SubjectID string
	// From and To are instants in UTC milliseconds, the first and the first beyond.
	From, To int64
}

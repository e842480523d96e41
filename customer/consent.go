package customer

import "github.com/leima/leima/loyalty"

// ConsentText is one thing that customers are asked to agree to, in the exact words
// they see. Changed words are a new ConsentText with a higher version; what was
// agreed to keeps pointing at the old.
type ConsentText struct {
	OrgID, ID string
	// Purpose is what for, such as "marketing"; Channel is how, such as "sms",
	// "email", "push", or "" if it is about no channel.
	Purpose, Channel string
	Version          int
	Text             loyalty.Text
	// Active texts are asked of whoever joins, in the order of Position.
	Active    bool
	Position  int
	CreatedAt int64
}

// MaxConsentTexts bounds the texts that are asked at once.
const MaxConsentTexts = 20

// ConsentSource is where a decision was made.
type ConsentSource string

// The sources of a decision.
const (
	SourceForm     ConsentSource = "join_form"
	SourceCardPage ConsentSource = "card_page"
	SourceStaff    ConsentSource = "staff"
	SourceAPI      ConsentSource = "api"
)

// Consent is one decision of a customer about one text. Decisions are only added:
// the newest for a purpose and channel counts.
type Consent struct {
	OrgID, ID, CustomerID string
	TextID                string
	Purpose, Channel      string
	Granted               bool
	Source                ConsentSource
	// Locale is the language in which the text was read.
	Locale string
	Actor  loyalty.Actor
	At     int64
}

// ConsentDecision is one ticked or unticked box.
type ConsentDecision struct {
	TextID  string
	Granted bool
}

// ConsentState is what counts now for one text that customers are asked.
type ConsentState struct {
	Text    ConsentText
	Granted bool
	// At is when the customer decided, 0 if they never did.
	At int64
}

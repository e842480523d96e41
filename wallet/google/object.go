package google

// Review statuses of a class. Google turns UNDER_REVIEW into APPROVED or REJECTED.
const reviewStatusUnderReview = "UNDER_REVIEW"

// notifyOnUpdate asks Google to tell the phone about changed fields. It counts
// for the one request that carries it.
const notifyOnUpdate = "NOTIFY_ON_UPDATE"

// State says where Google shows an object.
type State string

// States of an object. Inactive and expired ones move to the folder of old passes.
const (
	StateActive   State = "ACTIVE"
	StateInactive State = "INACTIVE"
	StateExpired  State = "EXPIRED"
)

// BarcodeType is how a code is drawn.
type BarcodeType string

// The codes that tills read. A rotating barcode is a QR code or a PDF417.
const (
	QRCode  BarcodeType = "QR_CODE"
	PDF417  BarcodeType = "PDF_417"
	Aztec   BarcodeType = "AZTEC"
	Code128 BarcodeType = "CODE_128"
)

// LoyaltyClass is what all cards of a program have in common: its name and its
// looks. ID, IssuerName, ProgramName and ProgramLogo are required.
//
// The fields are named as in Google's reference, which describes each.
type LoyaltyClass struct {
	ID                     string           `json:"id"`
	IssuerName             string           `json:"issuerName"`
	LocalizedIssuerName    *LocalizedString `json:"localizedIssuerName,omitempty"`
	ProgramName            string           `json:"programName"`
	LocalizedProgramName   *LocalizedString `json:"localizedProgramName,omitempty"`
	ProgramLogo            *Image           `json:"programLogo"`
	HeroImage              *Image           `json:"heroImage,omitempty"`
	HexBackgroundColor     string           `json:"hexBackgroundColor,omitempty"` // #rrggbb
	CountryCode            string           `json:"countryCode,omitempty"`        // ISO 3166-1 alpha-2
	HomepageURI            *URI             `json:"homepageUri,omitempty"`
	AccountNameLabel       string           `json:"accountNameLabel,omitempty"`
	AccountIDLabel         string           `json:"accountIdLabel,omitempty"`
	LocalizedAccountName   *LocalizedString `json:"localizedAccountNameLabel,omitempty"`
	LocalizedAccountID     *LocalizedString `json:"localizedAccountIdLabel,omitempty"`
	MerchantLocations      []Location       `json:"merchantLocations,omitempty"` // at most MaxLocations
	LinksModuleData        *Links           `json:"linksModuleData,omitempty"`
	TextModulesData        []TextModule     `json:"textModulesData,omitempty"`
	CallbackOptions        *CallbackOptions `json:"callbackOptions,omitempty"`
	MultipleDevicesAllowed DevicesAllowed   `json:"multipleDevicesAndHoldersAllowedStatus,omitempty"`
	SecurityAnimation      *Animation       `json:"securityAnimation,omitempty"`

	// ReviewStatus is set to UNDER_REVIEW with every request, as Google wants it.
	ReviewStatus string `json:"reviewStatus"`
}

// DevicesAllowed says who may save the same object.
type DevicesAllowed string

// OneUserAllDevices lets one Google account have the card on all its devices.
const OneUserAllDevices DevicesAllowed = "ONE_USER_ALL_DEVICES"

// LoyaltyObject is one card. ID, ClassID and State are required.
//
// LoyaltyObject is one value for inserting, for patching and for what Google answers.
// A patch leaves what is not set as it was, so set what should be there.
type LoyaltyObject struct {
	ID                     string           `json:"id"`
	ClassID                string           `json:"classId"`
	State                  State            `json:"state"`
	AccountName            string           `json:"accountName,omitempty"` // whose card it is
	AccountID              string           `json:"accountId,omitempty"`   // the number that a person reads out
	LoyaltyPoints          *LoyaltyPoints   `json:"loyaltyPoints,omitempty"`
	SecondaryLoyaltyPoints *LoyaltyPoints   `json:"secondaryLoyaltyPoints,omitempty"`
	HeroImage              *Image           `json:"heroImage,omitempty"`
	Barcode                *Barcode         `json:"barcode,omitempty"`
	RotatingBarcode        *RotatingBarcode `json:"rotatingBarcode,omitempty"`
	Messages               []Message        `json:"messages,omitempty"` // at most MaxMessages
	TextModulesData        []TextModule     `json:"textModulesData,omitempty"`
	LinksModuleData        *Links           `json:"linksModuleData,omitempty"`
	MerchantLocations      []Location       `json:"merchantLocations,omitempty"` // at most MaxLocations
	ValidTimeInterval      *TimeInterval    `json:"validTimeInterval,omitempty"`
	PassConstraints        *PassConstraints `json:"passConstraints,omitempty"`

	// NotifyPreference is set by Client.Update, never by the caller.
	NotifyPreference string `json:"notifyPreference,omitempty"`
	// HasUsers is told by Google: somebody has the card in the wallet. It is not sent.
	HasUsers bool `json:"hasUsers,omitempty"`
}

// LoyaltyPoints is a balance with its label.
type LoyaltyPoints struct {
	Label          string           `json:"label,omitempty"`
	LocalizedLabel *LocalizedString `json:"localizedLabel,omitempty"`
	Balance        Balance          `json:"balance"`
}

// Balance is exactly one of a text, a whole number and money. The fields are
// pointers, because a balance of zero has to be sent: what is missing from a
// patch stays as it was, and a card that was emptied would look full for ever.
type Balance struct {
	Text  *string `json:"string,omitempty"`
	Int   *int32  `json:"int,omitempty"`
	Money *Money  `json:"money,omitempty"`
}

// TextBalance returns a balance that is shown as it is, such as "3 / 10".
func TextBalance(text string) Balance { return Balance{Text: &text} }

// IntBalance returns a balance in whole units, such as stamps or points. Google
// has 32 bits for it.
func IntBalance(units int32) Balance { return Balance{Int: &units} }

// MoneyBalance returns a balance in millionths of the currency, an ISO 4217 code.
func MoneyBalance(micros int64, currency string) Balance {
	return Balance{Money: &Money{Micros: micros, CurrencyCode: currency}}
}

// Money is an amount in millionths of its currency.
type Money struct {
	Micros       int64  `json:"micros,string"`
	CurrencyCode string `json:"currencyCode"`
}

// Barcode is a code that stays the same.
type Barcode struct {
	Type          BarcodeType `json:"type"`
	Value         string      `json:"value"`
	AlternateText string      `json:"alternateText,omitempty"` // shown below the code
}

// RotatingBarcode is a code of which a part changes with time, so that a photo of
// it is soon worth nothing. It goes to Google over REST only: the key is a secret.
// NewRotatingBarcode makes one.
type RotatingBarcode struct {
	Type          BarcodeType `json:"type"`
	ValuePattern  string      `json:"valuePattern"`
	AlternateText string      `json:"alternateText,omitempty"`
	TOTPDetails   TOTPDetails `json:"totpDetails"`
}

// TOTPDetails says how the changing part is worked out.
type TOTPDetails struct {
	Algorithm    string          `json:"algorithm"`
	PeriodMillis int64           `json:"periodMillis,string"`
	Parameters   []TOTPParameter `json:"parameters"`
}

// TOTPParameter is one key and how many digits are made of it.
type TOTPParameter struct {
	Key         string `json:"key"` // base 16
	ValueLength int64  `json:"valueLength"`
}

// Message is a note on the back of a card.
type Message struct {
	ID     string `json:"id"` // unique within the object: see Client.SendMessage
	Header string `json:"header,omitempty"`
	Body   string `json:"body,omitempty"`
	// MessageType is set by Client.SendMessage; TEXT in what Update sends.
	MessageType     MessageType   `json:"messageType,omitempty"`
	DisplayInterval *TimeInterval `json:"displayInterval,omitempty"`
}

// MessageType says whether a message shows up on the lock screen.
type MessageType string

// The kinds of messages.
const (
	Text          MessageType = "TEXT"
	TextAndNotify MessageType = "TEXT_AND_NOTIFY"
)

// Image is fetched by Google from a public https URL, once per URL. A program's logo
// is at least 660 by 660 pixels with 15 % of margin, as it is cut to a circle; a
// hero image is 1032 by 336.
type Image struct {
	SourceURI          ImageURI         `json:"sourceUri"`
	ContentDescription *LocalizedString `json:"contentDescription,omitempty"`
}

// ImageURI is where an image is.
type ImageURI struct {
	URI string `json:"uri"`
}

// LocalizedString is a text in several languages.
type LocalizedString struct {
	DefaultValue     TranslatedString   `json:"defaultValue"`
	TranslatedValues []TranslatedString `json:"translatedValues,omitempty"`
}

// TranslatedString is a text in one language, a BCP 47 tag.
type TranslatedString struct {
	Language string `json:"language"`
	Value    string `json:"value"`
}

// URI is a link.
type URI struct {
	URI                  string           `json:"uri"`
	ID                   string           `json:"id,omitempty"`
	Description          string           `json:"description,omitempty"`
	LocalizedDescription *LocalizedString `json:"localizedDescription,omitempty"`
}

// Links are shown on the back.
type Links struct {
	URIs []URI `json:"uris"`
}

// TextModule is a text on the back.
type TextModule struct {
	ID              string           `json:"id"`
	Header          string           `json:"header,omitempty"`
	Body            string           `json:"body,omitempty"`
	LocalizedHeader *LocalizedString `json:"localizedHeader,omitempty"`
	LocalizedBody   *LocalizedString `json:"localizedBody,omitempty"`
}

// Location is a place, in degrees.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// TimeInterval is a span; a missing end is open.
type TimeInterval struct {
	Start *DateTime `json:"start,omitempty"`
	End   *DateTime `json:"end,omitempty"`
}

// DateTime is an instant, RFC 3339.
type DateTime struct {
	Date string `json:"date"`
}

// CallbackOptions names where Google reports that a card was saved or deleted.
type CallbackOptions struct {
	URL string `json:"url"`
}

// Animation moves on the card, so that a picture of it is recognized.
type Animation struct {
	AnimationType string `json:"animationType"`
}

// FoilShimmer is the animation that Google offers.
const FoilShimmer = "FOIL_SHIMMER"

// PassConstraints forbid things on the phone.
type PassConstraints struct {
	ScreenshotEligibility string `json:"screenshotEligibility,omitempty"`
}

// ScreenshotIneligible forbids screenshots.
const ScreenshotIneligible = "INELIGIBLE"

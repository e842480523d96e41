package samsung

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// CardDataLife is how long Samsung accepts the data of a card.
	CardDataLife = 30 * time.Second
	// maxTokenAge is how old Samsung's tokens may be, and how far its clock may be
	// ahead of ours.
	maxTokenAge = time.Minute
	// MaxToken is the most bytes of an Authorization header; Samsung's have 1,024.
	MaxToken = 8 << 10

	tokenVersion    = "3"
	contentCard     = "CARD"
	contentAuth     = "AUTH"
	headerVersion   = "ver"
	headerPartner   = "partnerId"
	headerCert      = "certificateId"
	headerTime      = "utc"
	addLinkTemplate = "https://a.swallet.link/atw/v3/%s#Clip?cdata=%s"
)

// ErrUnauthorized says that a request is not Samsung's, or not of now.
var ErrUnauthorized = errors.New("samsung wallet: the request is not authorized by Samsung")

// AddLink returns the address that adds a card, to be opened at once: it is good for
// CardDataLife. Make it when the button is pressed.
//
// It returns a FieldError for a card that cannot be sent.
func (p *Partner) AddLink(card Card, now time.Time) (string, error) {
	data, err := p.CardData(card, now)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(addLinkTemplate, p.CardID, data), nil
}

// CardData returns a card as Samsung wants it: encrypted for Samsung (JWE, RSA1_5 and
// A128GCM), signed by the partner (JWS, RS256), with the time in the header.
//
// It returns a FieldError for a card that cannot be sent.
func (p *Partner) CardData(card Card, now time.Time) (string, error) {
	body, err := card.encode()
	if err != nil {
		return "", err
	}
	encrypter, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: jose.RSA1_5, Key: p.samsung}, nil)
	if err != nil {
		return "", fmt.Errorf("samsung wallet: encrypt card: %w", err)
	}
	encrypted, err := encrypter.Encrypt(body)
	if err != nil {
		return "", fmt.Errorf("samsung wallet: encrypt card: %w", err)
	}
	inner, err := encrypted.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("samsung wallet: encrypt card: %w", err)
	}
	return p.sign([]byte(inner), contentCard, now)
}

func (p *Partner) sign(payload []byte, content jose.ContentType, now time.Time) (string, error) {
	options := (&jose.SignerOptions{}).WithContentType(content).
		WithHeader(headerVersion, tokenVersion).
		WithHeader(headerPartner, p.PartnerID).
		WithHeader(headerCert, p.CertificateID).
		WithHeader(headerTime, now.UnixMilli())
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: p.key}, options)
	if err != nil {
		return "", fmt.Errorf("samsung wallet: sign: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("samsung wallet: sign: %w", err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("samsung wallet: sign: %w", err)
	}
	return token, nil
}

// call is what a token allows: one method on one path, for one card.
type call struct {
	API struct {
		Method string `json:"method"`
		Path   string `json:"path"`
	} `json:"API"`
	RefID string `json:"refId,omitempty"`
}

// authorization returns the header for a call of ours.
func (p *Partner) authorization(method, path, refID string, now time.Time) (string, error) {
	allowed := call{RefID: refID}
	allowed.API.Method, allowed.API.Path = method, path
	payload, err := json.Marshal(allowed)
	if err != nil {
		return "", fmt.Errorf("samsung wallet: encode authorization: %w", err)
	}
	token, err := p.sign(payload, contentAuth, now)
	return "Bearer " + token, err
}

// authorize returns an error that is ErrUnauthorized unless the header is a token that
// Samsung signed lately for this method, path and card.
func (p *Partner) authorize(header, method, path, refID string, now time.Time) error {
	payload, signed, err := verify(header, p.samsung)
	if err != nil {
		return err
	}
	if text(signed, headerPartner) != p.PartnerID {
		return fmt.Errorf("%w: it is for another partner", ErrUnauthorized)
	}
	made, err := strconv.ParseInt(text(signed, headerTime), 10, 64)
	if err != nil {
		return fmt.Errorf("%w: it has no time", ErrUnauthorized)
	}
	if age := now.Sub(time.UnixMilli(made)); age > maxTokenAge || age < -maxTokenAge {
		return fmt.Errorf("%w: it is not of now", ErrUnauthorized)
	}
	var allowed call
	if err := json.Unmarshal(payload, &allowed); err != nil {
		return fmt.Errorf("%w: %w", ErrUnauthorized, err)
	}
	if !strings.EqualFold(allowed.API.Method, method) || allowed.API.Path != path || (allowed.RefID != "" && allowed.RefID != refID) {
		return fmt.Errorf("%w: it is for another request", ErrUnauthorized)
	}
	return nil
}

// verify returns the payload and the signed header of a token.
func verify(header string, key *rsa.PublicKey) ([]byte, map[jose.HeaderKey]any, error) {
	token, _ := strings.CutPrefix(header, "Bearer ")
	if token == "" || len(token) > MaxToken {
		return nil, nil, fmt.Errorf("%w: there is no token, or a long one", ErrUnauthorized)
	}
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnauthorized, err)
	}
	payload, err := parsed.Verify(key)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnauthorized, err)
	}
	signed := parsed.Signatures[0].Protected.ExtraHeaders
	if text(signed, jose.HeaderContentType) != contentAuth {
		return nil, nil, fmt.Errorf("%w: it is not for a request", ErrUnauthorized)
	}
	return payload, signed, nil
}

// text returns a header as text; a number without its fraction, which Samsung's have not.
func text(header map[jose.HeaderKey]any, name jose.HeaderKey) string {
	switch value := header[name].(type) {
	case string:
		return value
	case float64:
		return strconv.FormatInt(int64(value), 10)
	default:
		return ""
	}
}

package google

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// saveURL is what the button "Add to Google Wallet" opens, with a token after it.
	saveURL = "https://pay.google.com/gp/v/save/"
	// MaxSaveLink is the most characters of a link: browsers cut longer ones off.
	MaxSaveLink = 1800
	// MaxSavedObjects is the most objects of one link.
	MaxSavedObjects = 10
)

// ErrLinkTooLong is returned when a link would be cut off by a browser.
var ErrLinkTooLong = fmt.Errorf("google wallet: the link has more than %d characters", MaxSaveLink)

// SaveLink returns the address that offers to save objects, which Google has already
// (see Client.Upsert), to a wallet. The token holds their ids and nothing else about
// them. Origins are the sites whose pages have the button, such as
// https://apteekki.example; they may be empty for a link in a message.
//
// It returns a FieldError for ids or origins that are none, and ErrLinkTooLong.
func (a *ServiceAccount) SaveLink(objectIDs, origins []string, now time.Time) (string, error) {
	if len(objectIDs) == 0 || len(objectIDs) > MaxSavedObjects {
		return "", &FieldError{Field: "loyaltyObjects", Reason: fmt.Sprintf("are not 1 to %d", MaxSavedObjects)}
	}
	objects := make([]map[string]string, 0, len(objectIDs))
	for _, id := range objectIDs {
		if err := checkID("loyaltyObjects.id", id); err != nil {
			return "", err
		}
		objects = append(objects, map[string]string{"id": id})
	}
	for _, origin := range origins {
		if err := checkOrigin(origin); err != nil {
			return "", err
		}
	}
	claims := jwt.MapClaims{
		"iss":     a.Email,
		"aud":     "google",
		"typ":     "savetowallet",
		"iat":     now.Unix(),
		"payload": map[string]any{"loyaltyObjects": objects},
	}
	if len(origins) > 0 {
		claims["origins"] = origins
	}
	token, err := a.sign(claims)
	if err != nil {
		return "", err
	}
	link := saveURL + token
	if len(link) > MaxSaveLink {
		return "", ErrLinkTooLong
	}
	return link, nil
}

// checkOrigin holds a scheme and a host, as browsers tell them.
func checkOrigin(origin string) error {
	parsed, err := url.Parse(origin)
	local := err == nil && parsed.Scheme == "http" && parsed.Hostname() == "localhost"
	if err != nil || parsed.Host == "" || (parsed.Scheme != "https" && !local) || parsed.Scheme+"://"+parsed.Host != origin {
		return &FieldError{Field: "origins", Reason: "are not https:// and a host, without a path"}
	}
	return nil
}

var errNoAccount = errors.New("google wallet: no service account")

package googletest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// OpenSaveLink looks into a save link as Google does when somebody opens it, and returns
// the ids of the objects that it offers. It returns an error for a link that Google would
// refuse, and for one that says more about a card than its id or offers what is not there.
func (s *Server) OpenSaveLink(link string) ([]string, error) {
	token, ok := strings.CutPrefix(link, "https://pay.google.com/gp/v/save/")
	if !ok {
		return nil, errors.New("it does not lead to Google")
	}
	if len(link) > 1800 {
		return nil, fmt.Errorf("it has %d characters", len(link))
	}
	var claims struct {
		jwt.RegisteredClaims

		Type    string   `json:"typ"`
		Origins []string `json:"origins"`
		Payload struct {
			Objects []map[string]any `json:"loyaltyObjects"`
		} `json:"payload"`
	}
	if _, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return &accountKey().PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithAudience("google"), jwt.WithIssuer(Email),
		jwt.WithIssuedAt(), jwt.WithTimeFunc(s.now)); err != nil {
		return nil, fmt.Errorf("its token: %w", err)
	}
	if claims.Type != "savetowallet" || claims.IssuedAt == nil {
		return nil, fmt.Errorf("its token is of type %q", claims.Type)
	}
	var ids []string
	for _, object := range claims.Payload.Objects {
		id, _ := object["id"].(string)
		if len(object) != 1 || s.Object(id) == nil {
			return nil, fmt.Errorf("it offers %v", object)
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, errors.New("it offers nothing")
	}
	return ids, nil
}

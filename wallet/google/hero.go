package google

import (
	"fmt"
	"net/url"
	"strconv"
)

// HeroURL returns the address of the picture that shows count stamps in one version
// of a design: base, version and count as path elements, ".png" at the end. Google
// keeps an image for as long as its address stays, so both are part of it.
//
// It returns a FieldError unless base is an https address, the version is letters,
// digits, dots, underscores and hyphens, and the count is not negative.
func HeroURL(base, designVersion string, count int) (string, error) {
	if err := checkURL("heroImage.sourceUri.uri", base); err != nil {
		return "", err
	}
	if !suffixShape.MatchString(designVersion) || designVersion == "." || designVersion == ".." {
		return "", &FieldError{Field: "heroImage.version", Reason: "may hold letters, digits, dots, underscores and hyphens only"}
	}
	if count < 0 {
		return "", &FieldError{Field: "heroImage.count", Reason: "is negative"}
	}
	address, err := url.JoinPath(base, designVersion, strconv.Itoa(count)+".png")
	if err != nil {
		return "", fmt.Errorf("google wallet: address of a hero image: %w", err)
	}
	return address, nil
}

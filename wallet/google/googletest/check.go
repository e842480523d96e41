package googletest

import (
	"fmt"
	"net/url"
	"strings"
)

// wrongWith returns a sentence about what Google would refuse of a resource, or what
// would be wrong on a phone; empty when it is sound.
func (s *Server) wrongWith(kind string, resource fields) string {
	id, _ := resource["id"].(string)
	if !idShape.MatchString(id) {
		return fmt.Sprintf("id %q", id)
	}
	if kind == "loyaltyClass" {
		return wrongWithClass(resource)
	}
	classID, _ := resource["classId"].(string)
	if !idShape.MatchString(classID) || s.Class(classID) == nil {
		return fmt.Sprintf("classId %q is not there", classID)
	}
	switch resource["state"] {
	case "ACTIVE", "INACTIVE", "EXPIRED", "COMPLETED":
	default:
		return fmt.Sprintf("state %v", resource["state"])
	}
	for _, name := range []string{"loyaltyPoints", "secondaryLoyaltyPoints"} {
		if points, ok := resource[name].(map[string]any); ok {
			if balance, _ := points["balance"].(map[string]any); len(balance) != 1 {
				return fmt.Sprintf("%s.balance has %d kinds", name, len(balance))
			}
		}
	}
	if resource["barcode"] != nil && resource["rotatingBarcode"] != nil {
		return "both kinds of barcodes"
	}
	if messages, _ := resource["messages"].([]any); len(messages) > 10 {
		return fmt.Sprintf("%d messages", len(messages))
	}
	return first(wrongWithRotating(resource["rotatingBarcode"]), wrongWithImage("heroImage", resource["heroImage"]))
}

func wrongWithClass(class fields) string {
	for _, name := range []string{"issuerName", "programName"} {
		if text, _ := class[name].(string); text == "" {
			return name + " is required"
		}
	}
	if class["programLogo"] == nil {
		return "programLogo is required"
	}
	if class["reviewStatus"] != "UNDER_REVIEW" {
		return fmt.Sprintf("reviewStatus %v", class["reviewStatus"])
	}
	return first(wrongWithImage("programLogo", class["programLogo"]), wrongWithImage("heroImage", class["heroImage"]))
}

func wrongWithRotating(value any) string {
	barcode, ok := value.(map[string]any)
	if !ok {
		return ""
	}
	details, _ := barcode["totpDetails"].(map[string]any)
	parameters, _ := details["parameters"].([]any)
	pattern, _ := barcode["valuePattern"].(string)
	period, isText := details["periodMillis"].(string)
	switch {
	case details["algorithm"] != "TOTP_SHA1" || len(parameters) != 1:
		return "rotatingBarcode.totpDetails"
	case !isText || period == "":
		return "rotatingBarcode.totpDetails.periodMillis is not a text"
	case !strings.Contains(pattern, "{totp_value_0}"):
		return "rotatingBarcode.valuePattern has no place"
	}
	return ""
}

func wrongWithImage(name string, value any) string {
	image, ok := value.(map[string]any)
	if !ok {
		return ""
	}
	source, _ := image["sourceUri"].(map[string]any)
	address, _ := source["uri"].(string)
	if parsed, err := url.Parse(address); err != nil || parsed.Scheme != "https" || parsed.Host == "" {
		return fmt.Sprintf("%s is at %q", name, address)
	}
	return ""
}

func first(sentences ...string) string {
	for _, sentence := range sentences {
		if sentence != "" {
			return sentence
		}
	}
	return ""
}

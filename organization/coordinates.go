package organization

import "strconv"

// Coordinates are a place in degrees of WGS 84, north and east positive.
type Coordinates struct{ Latitude, Longitude float64 }

// Limits of coordinates, in degrees.
const (
	MaxLatitude  = 90
	MaxLongitude = 180
)

// MaxPlaces is how many locations with coordinates are known to passes, the oldest first.
const MaxPlaces = 1000

// ParseCoordinates reads decimal numbers of degrees such as 60.1699. It returns an
// *InvalidFieldError for what is no number or no place.
func ParseCoordinates(latitude, longitude string) (*Coordinates, error) {
	var c Coordinates
	var err error
	if c.Latitude, err = strconv.ParseFloat(latitude, 64); err != nil {
		return nil, outOfRange("coordinates.latitude", MaxLatitude)
	}
	if c.Longitude, err = strconv.ParseFloat(longitude, 64); err != nil {
		return nil, outOfRange("coordinates.longitude", MaxLongitude)
	}
	return &c, c.validate()
}

// Degrees writes degrees as ParseCoordinates reads them.
func Degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// validate returns nil, or an *InvalidFieldError for the first wrong field. What is no
// number is wrong too.
func (c Coordinates) validate() error {
	if !(c.Latitude >= -MaxLatitude && c.Latitude <= MaxLatitude) {
		return outOfRange("coordinates.latitude", MaxLatitude)
	}
	if !(c.Longitude >= -MaxLongitude && c.Longitude <= MaxLongitude) {
		return outOfRange("coordinates.longitude", MaxLongitude)
	}
	return nil
}

func outOfRange(field string, limit int) error {
	least, most := strconv.Itoa(-limit), strconv.Itoa(limit)
	return &InvalidFieldError{
		Field: field, Reason: "must be from " + least + " to " + most, Code: "range", Params: map[string]string{"min": least, "max": most},
	}
}

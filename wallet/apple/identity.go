package apple

import (
	"bytes"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"
)

// ErrIdentity is in every error about certificates and keys. The message is one
// sentence that says what is wrong and what to do.
var ErrIdentity = errors.New("identity for Apple Wallet")

// keyBits is the size of key that Apple signs pass certificates for, in bits.
const keyBits = 2048

// Identity is what passes are signed with: the certificate of a pass type, its key, and
// the intermediate of Apple (WWDR, Worldwide Developer Relations) that issued it. It
// does not change once it is loaded and may be used by many goroutines.
type Identity struct {
	// PassType is such as pass.com.example.loyalty.
	PassType string
	// Team is the identifier of the developer's team, ten characters.
	Team string

	certificate  *x509.Certificate
	intermediate *x509.Certificate
	key          *rsa.PrivateKey
	signature    signature
}

// Expires returns when the first of the two certificates ends. Passes that are on
// phones stay there; no new ones can be made and no pushes are taken.
func (i *Identity) Expires() time.Time {
	if i.intermediate.NotAfter.Before(i.certificate.NotAfter) {
		return i.intermediate.NotAfter
	}
	return i.certificate.NotAfter
}

// Issuer returns the name of the authority that issued the certificate.
func (i *Identity) Issuer() string { return i.certificate.Issuer.String() }

// TLSCertificate returns the certificate that APNs knows the sender of pushes by: the
// one that signs the passes.
func (i *Identity) TLSCertificate() tls.Certificate {
	return tls.Certificate{
		Certificate: [][]byte{i.certificate.Raw, i.intermediate.Raw},
		PrivateKey:  i.key,
		Leaf:        i.certificate,
	}
}

// uid is the attribute of the subject that holds the pass type (RFC 4519, 2.39).
var uid = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}

// attribute returns the first value of an attribute of a name, "" if there is none.
func attribute(name pkix.Name, kind asn1.ObjectIdentifier) string {
	for _, a := range name.Names {
		if a.Type.Equal(kind) {
			value, _ := a.Value.(string)
			return value
		}
	}
	return ""
}

// newIdentity checks that everything belongs together at the given instant.
func newIdentity(s sources, want Expected, now time.Time) (*Identity, error) {
	checks := []func(sources, Expected, time.Time) error{
		checkCertificate, checkSubject, checkKey, checkIntermediate, checkValidity,
	}
	for _, check := range checks {
		if err := check(s, want, now); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrIdentity, err)
		}
	}
	s.key.Precompute() // or every signature would do it again
	i := &Identity{
		PassType: want.PassType, Team: want.Team,
		certificate: s.certificate, intermediate: s.intermediate, key: s.key,
	}
	var err error
	if i.signature, err = newSignature(i); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIdentity, err)
	}
	return i, nil
}

func checkCertificate(s sources, _ Expected, _ time.Time) error {
	if s.certificate.IsCA {
		return fmt.Errorf("certificate %q is of an authority: give the certificate of the pass type here and this one as the intermediate",
			s.certificate.Subject.CommonName)
	}
	public, ok := s.certificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		return fmt.Errorf("certificate has a key of the kind %s: Apple Wallet takes RSA with %d bits only",
			s.certificate.PublicKeyAlgorithm, keyBits)
	}
	if public.N.BitLen() != keyBits {
		return fmt.Errorf("certificate has an RSA key of %d bits: want %d", public.N.BitLen(), keyBits)
	}
	if u := s.certificate.KeyUsage; u != 0 && u&x509.KeyUsageDigitalSignature == 0 {
		return errors.New("certificate may not be used for signing: ask Apple for a Pass Type ID certificate")
	}
	return nil
}

func checkSubject(s sources, want Expected, _ time.Time) error {
	passType := attribute(s.certificate.Subject, uid)
	if passType == "" {
		return fmt.Errorf("certificate %q names no pass type: it is no Pass Type ID certificate", s.certificate.Subject.CommonName)
	}
	if passType != want.PassType {
		return fmt.Errorf("certificate is for the pass type %s, but %s is configured", passType, want.PassType)
	}
	if len(s.certificate.Subject.OrganizationalUnit) == 0 {
		return errors.New("certificate names no team (organizational unit)")
	}
	if team := s.certificate.Subject.OrganizationalUnit[0]; team != want.Team {
		return fmt.Errorf("certificate is of the team %s, but %s is configured", team, want.Team)
	}
	return nil
}

func checkKey(s sources, _ Expected, _ time.Time) error {
	if err := s.key.Validate(); err != nil {
		return fmt.Errorf("private key is damaged: %w", err)
	}
	if !s.key.PublicKey.Equal(s.certificate.PublicKey) {
		return errors.New("private key does not belong to the certificate: it is of another request")
	}
	return nil
}

// checkIntermediate finds the commonest fault: Apple has had several WWDR
// intermediates (G1 to G6), all with the same name, and only the one whose key
// signed the certificate will do.
func checkIntermediate(s sources, _ Expected, _ time.Time) error {
	name := func(c *x509.Certificate) string {
		if unit := c.Subject.OrganizationalUnit; len(unit) > 0 {
			return fmt.Sprintf("%s (%s)", c.Subject.CommonName, unit[0])
		}
		return c.Subject.CommonName
	}
	switch {
	case s.intermediate.Equal(s.certificate):
		return errors.New("intermediate is the certificate of the pass type itself: give Apple's WWDR certificate here")
	case !s.intermediate.IsCA:
		return fmt.Errorf("intermediate %q is of no authority: give Apple's WWDR certificate", name(s.intermediate))
	case len(s.certificate.AuthorityKeyId) > 0 && len(s.intermediate.SubjectKeyId) > 0 &&
		!bytes.Equal(s.certificate.AuthorityKeyId, s.intermediate.SubjectKeyId):
		return fmt.Errorf("intermediate %q with the key %X did not issue the certificate, which names the key %X: "+
			"get the WWDR certificate with that key from apple.com/certificateauthority",
			name(s.intermediate), s.intermediate.SubjectKeyId, s.certificate.AuthorityKeyId)
	case !bytes.Equal(s.certificate.RawIssuer, s.intermediate.RawSubject):
		return fmt.Errorf("intermediate %q did not issue the certificate, which names %q",
			s.intermediate.Subject, s.certificate.Issuer)
	}
	if err := s.certificate.CheckSignatureFrom(s.intermediate); err != nil {
		return fmt.Errorf("intermediate %q did not sign the certificate: %w", name(s.intermediate), err)
	}
	return nil
}

func checkValidity(s sources, _ Expected, now time.Time) error {
	for _, part := range []struct {
		what string
		of   *x509.Certificate
	}{{"certificate", s.certificate}, {"intermediate", s.intermediate}} {
		what, c := part.what, part.of
		if now.After(c.NotAfter) {
			return fmt.Errorf("%s expired on %s: renew it at developer.apple.com", what, day(c.NotAfter))
		}
		if now.Before(c.NotBefore) {
			return fmt.Errorf("%s is valid from %s only: look at this machine's clock, it says %s",
				what, day(c.NotBefore), day(now))
		}
	}
	return nil
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

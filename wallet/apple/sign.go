package apple

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/smallstep/pkcs7"
)

// signature is a file "signature" of an identity with places for what differs from one
// pass to the next. All of it has a fixed length, and its parts keep their order: writing
// the rest, certificates above all, anew for each pass cost a fifteenth of what signing
// does.
type signature struct {
	file []byte
	// attributes are where the signed attributes (RFC 5652, 5.3) begin and end. digest, at
	// and value are where the digest of the manifest, the instant and the signature begin.
	attributes        [2]int
	digest, at, value int
}

const (
	// signatureBytes are those of an RSA key of keyBits.
	signatureBytes = keyBits / 8
	// signedAt is how the instant is written, a UTCTime. It knows years until utcTimeEnds.
	signedAt    = "060102150405Z"
	utcTimeEnds = 2050
)

// errTemplate is for a signature that is not made up as newSignature expects.
var errTemplate = errors.New("the signature has an unexpected form")

// sign returns the file "signature": a detached CMS signature (RFC 5652) over the
// manifest, with the instant of signing by this machine's clock, SHA-256, and both
// certificates.
func (i *Identity) sign(manifest []byte) ([]byte, error) { return i.signAt(manifest, time.Now().UTC()) }

func (i *Identity) signAt(manifest []byte, now time.Time) ([]byte, error) {
	t := i.signature
	if now.Year() >= utcTimeEnds {
		return i.signWhole(manifest)
	}
	file := bytes.Clone(t.file)
	digest := sha256.Sum256(manifest)
	copy(file[t.digest:], digest[:])
	now.AppendFormat(file[t.at:t.at], signedAt)
	// What is signed is the attributes as a set; in the file they have a tag of their own.
	hash := sha256.New()
	hash.Write([]byte{setTag})
	hash.Write(file[t.attributes[0]+1 : t.attributes[1]])
	value, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, hash.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("sign manifest: %w", err)
	}
	copy(file[t.value:], value)
	return file, nil
}

// Tags of DER: SET, and what stands for it before the signed attributes.
const setTag, attributesTag = 0x31, 0xa0

// newSignature lets the library write a signature and finds its parts in it. That one made
// by them is good is proved before any pass is signed so.
func newSignature(i *Identity) (signature, error) {
	sample := []byte("a manifest")
	file, err := i.signWhole(sample)
	if err != nil {
		return signature{}, err
	}
	t := signature{file: file, value: len(file) - signatureBytes}
	digest := sha256.Sum256(sample)
	if t.digest = bytes.Index(file, digest[:]); t.digest < 0 {
		return t, errTemplate
	}
	// Three attributes: kind of content, instant, digest. The last of them ends with the
	// digest, and all three are short.
	const most = 127
	t.attributes[1] = t.digest + len(digest)
	for begin := t.attributes[1] - 3; begin >= max(0, t.attributes[1]-most-2); begin-- {
		if file[begin] == attributesTag && int(file[begin+1]) == t.attributes[1]-begin-2 {
			t.attributes[0] = begin
			break
		}
	}
	const utcTime = 0x17
	at := bytes.Index(file[t.attributes[0]:t.attributes[1]], []byte{utcTime, byte(len(signedAt))})
	if t.attributes[0] == 0 || at < 0 {
		return t, errTemplate
	}
	t.at = t.attributes[0] + at + 2 // after tag and length
	proof := *i
	proof.signature = t
	return t, proof.prove()
}

// prove signs a manifest by the template and lets the library verify it.
func (i *Identity) prove() error {
	manifest := []byte("another manifest")
	file, err := i.signAt(manifest, i.certificate.NotBefore.UTC())
	if err != nil {
		return err
	}
	signed, err := pkcs7.Parse(file)
	if err != nil {
		return fmt.Errorf("%w: %w", errTemplate, err)
	}
	signed.Content = manifest
	if err := signed.Verify(); err != nil {
		return fmt.Errorf("%w: %w", errTemplate, err)
	}
	return nil
}

// signWhole is sign by the library.
func (i *Identity) signWhole(manifest []byte) ([]byte, error) {
	signed, err := pkcs7.NewSignedData(manifest)
	if err != nil {
		return nil, fmt.Errorf("sign manifest: %w", err)
	}
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	// Given with the certificate, the intermediate would be checked against it for every
	// pass; that was done when the identity was loaded.
	if err := signed.AddSigner(i.certificate, i.key, pkcs7.SignerInfoConfig{}); err != nil {
		return nil, fmt.Errorf("sign manifest: %w", err)
	}
	signed.AddCertificate(i.intermediate)
	signed.Detach()
	file, err := signed.Finish()
	if err != nil {
		return nil, fmt.Errorf("sign manifest: %w", err)
	}
	return file, nil
}

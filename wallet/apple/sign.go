package apple

import (
	"fmt"

	"github.com/smallstep/pkcs7"
)

// sign returns the file "signature": a detached CMS signature (RFC 5652) over the
// manifest, with the instant of signing by this machine's clock, SHA-256, and both
// certificates.
func (i *Identity) sign(manifest []byte) ([]byte, error) {
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
	signature, err := signed.Finish()
	if err != nil {
		return nil, fmt.Errorf("sign manifest: %w", err)
	}
	return signature, nil
}

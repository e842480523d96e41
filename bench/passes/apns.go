package main

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/leima/leima/bench/cards"
)

// startAPNs starts what stands in for Apple's push server. It takes every push for a card
// of the deck, after a while, and writes down the certificate that vouches for it.
func startAPNs(deck cards.Deck, delay time.Duration, w *watch, certificateFile string) (*httptest.Server, error) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		card, ok := deck.CardOfPushToken(strings.TrimPrefix(r.URL.Path, "/3/device/"))
		if !ok || len(r.TLS.PeerCertificates) == 0 {
			http.Error(answer, `{"reason":"BadDeviceToken"}`, http.StatusBadRequest)
			return
		}
		w.pushed(card)
		pause(r.Context(), delay)
	}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	const readable = 0o644 // it is no secret, and leima runs as somebody else
	if err := errors.Join(os.WriteFile(certificateFile, text, readable), os.Chmod(certificateFile, readable)); err != nil {
		server.Close()
		return nil, fmt.Errorf("write certificate: %w", err)
	}
	return server, nil
}

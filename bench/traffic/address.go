//go:build linux

package traffic

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// socketAddress reads an IPv4 address with a port.
func socketAddress(address string) (unix.Sockaddr, error) {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	if !a.Addr().Is4() {
		return nil, fmt.Errorf("address: %s is no IPv4 address", address)
	}
	return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}, nil
}

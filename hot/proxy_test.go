package hot_test

import (
	"context"
	"net"
	"sync"
	"testing"
)

// proxyMode is how a proxy treats what passes.
type proxyMode int

const (
	// pass is as if there were no proxy.
	pass proxyMode = iota
	// stall accepts connections and lets nothing through.
	stall
	// refuse closes every connection.
	refuse
	// swallow lets requests through and closes the connection at the answer.
	swallow
)

// proxy stands between a client and a server.
type proxy struct {
	listener net.Listener
	server   string

	mu      sync.Mutex
	changed *sync.Cond
	mode    proxyMode
	conns   map[net.Conn]struct{}
	ended   bool
}

func startProxy(t testing.TB, server string) *proxy {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener, server: server, conns: map[net.Conn]struct{}{}}
	p.changed = sync.NewCond(&p.mu)
	go p.serve()
	t.Cleanup(p.end)
	return p
}

func (p *proxy) url() string { return "redis://" + p.listener.Addr().String() }

// set changes the mode, for connections that are there, too.
func (p *proxy) set(mode proxyMode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = mode
	p.changed.Broadcast()
	if mode == refuse {
		p.closeAll()
	}
}

func (p *proxy) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	_ = p.listener.Close()
	p.changed.Broadcast()
	p.closeAll()
}

func (p *proxy) closeAll() {
	for conn := range p.conns {
		_ = conn.Close()
	}
	clear(p.conns)
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(context.Background(), "tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		if p.mode == refuse || p.ended {
			_ = client.Close()
			_ = server.Close()
		} else {
			p.conns[client], p.conns[server] = struct{}{}, struct{}{}
			go p.copy(server, client, false)
			go p.copy(client, server, true)
		}
		p.mu.Unlock()
	}
}

// copy lets one direction through as the mode says.
func (p *proxy) copy(to, from net.Conn, answers bool) {
	defer func() {
		_ = to.Close()
		_ = from.Close()
	}()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !p.mayPass(answers) {
			return
		}
		if _, wrong := to.Write(buffer[:n]); wrong != nil || err != nil {
			return
		}
	}
}

// mayPass waits while the mode is stall.
func (p *proxy) mayPass(answers bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.mode == stall && !p.ended {
		p.changed.Wait()
	}
	return !p.ended && p.mode != refuse && (p.mode != swallow || !answers)
}

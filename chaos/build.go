//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/leima/leima/deploy/servers"
)

// binary is the Leima that is broken.
type binary struct {
	folder servers.Folder
	path   string
	// redis tells that it knows the flag --redis.
	redis bool
}

// build builds the product, or copies the binary at the path, to where the servers'
// account can run it.
func build(ctx context.Context, path string, log io.Writer) (_ binary, err error) {
	b := binary{}
	if b.folder, err = servers.MakeFolder("leima-chaos-"); err != nil {
		return b, fmt.Errorf("prepare: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.folder.Remove())
		}
	}()
	b.path = b.folder.File("leima")
	if path != "" {
		err = copyProgram(path, b.path)
	} else {
		fmt.Fprintln(log, "building")
		err = goBuild(ctx, b.path, log)
	}
	if err != nil {
		return b, err
	}
	help, err := b.folder.Command(ctx, b.path, "serve", "--help").CombinedOutput()
	if err != nil {
		return b, fmt.Errorf("leima serve --help: %w: %s", err, help)
	}
	b.redis = strings.Contains(string(help), "--redis ")
	return b, nil
}

func goBuild(ctx context.Context, path string, log io.Writer) error {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("find the module: %w", err)
	}
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", path, "./cmd/leima") //nolint:gosec // our own package
	command.Dir = strings.TrimSpace(string(root))
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	command.Stderr = log
	if err := command.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	return nil
}

func copyProgram(from, to string) error {
	source, err := os.Open(filepath.Clean(from))
	if err != nil {
		return fmt.Errorf("-leima: %w", err)
	}
	defer source.Close() //nolint:errcheck // it was only read
	const program = 0o755
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, program)
	if err != nil {
		return fmt.Errorf("-leima: %w", err)
	}
	_, err = io.Copy(target, source)
	if err := errors.Join(err, target.Close()); err != nil {
		return fmt.Errorf("-leima: copy %s: %w", from, err)
	}
	return nil
}

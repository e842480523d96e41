//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	// privateMode keeps other accounts out of the folder.
	privateMode = 0o700
	// secretMode is for files with a password in them.
	secretMode = 0o600
)

// folder is the private temporary folder of both servers.
type folder struct {
	path  string
	owner *syscall.Credential // nil: the account that runs testservers
}

// serverAccount returns the account that servers run as: nil for the present
// one, and an unprivileged one for root, as PostgreSQL refuses to run as root.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("root needs an account postgres or nobody to run PostgreSQL as: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user id of %s: %w", account.Username, err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("group id of %s: %w", account.Username, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// makeFolder makes the folder below TMPDIR and gives it to owner.
func makeFolder(owner *syscall.Credential) (folder, error) {
	path, err := os.MkdirTemp("", "leima-test-")
	if err != nil {
		return folder{}, fmt.Errorf("make a folder for the servers: %w", err)
	}
	made := folder{path: path, owner: owner}
	if err := made.give(path, privateMode); err != nil {
		_ = os.RemoveAll(path)
		return folder{}, err
	}
	return made, nil
}

// command returns a command that works in the folder as its owner.
func (f folder) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, program, args...) //nolint:gosec // a program that findPrograms found, arguments of our own
	command.Dir = f.path
	command.SysProcAttr = processAttributes(f.owner)
	return command
}

// file returns the path of a file in the folder.
func (f folder) file(name string) string { return filepath.Join(f.path, name) }

// writeSecret writes a file that only the folder's owner can read and returns
// its path.
func (f folder) writeSecret(name, content string) (string, error) {
	path := f.file(name)
	if err := os.WriteFile(path, []byte(content), secretMode); err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	return path, f.give(path, secretMode)
}

// give makes the folder's owner the owner of path.
func (f folder) give(path string, mode os.FileMode) error {
	if err := os.Chmod(path, mode); err != nil {
		return fmt.Errorf("set the mode of %s: %w", path, err)
	}
	if f.owner == nil {
		return nil
	}
	if err := os.Chown(path, int(f.owner.Uid), int(f.owner.Gid)); err != nil {
		return fmt.Errorf("give %s to the servers' account: %w", path, err)
	}
	return nil
}

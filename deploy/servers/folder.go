//go:build unix

package servers

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

// Folder is the private temporary folder of the servers started in it.
type Folder struct {
	path  string
	owner *syscall.Credential // nil: the account that runs this process
}

// serverAccount returns the account that servers run as: nil for the present
// one, and an unprivileged one for root, as PostgreSQL refuses to run as root.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // nil is the present account
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

// MakeFolder makes a folder below TMPDIR and gives it to the account that its
// servers will run as. The prefix begins its name.
func MakeFolder(prefix string) (Folder, error) {
	owner, err := serverAccount()
	if err != nil {
		return Folder{}, err
	}
	return makeFolder(prefix, owner)
}

func makeFolder(prefix string, owner *syscall.Credential) (Folder, error) {
	path, err := os.MkdirTemp("", prefix)
	if err != nil {
		return Folder{}, fmt.Errorf("make a folder for the servers: %w", err)
	}
	made := Folder{path: path, owner: owner}
	if err := made.give(path, privateMode); err != nil {
		_ = os.RemoveAll(path)
		return Folder{}, err
	}
	return made, nil
}

// Path returns the path of the folder.
func (f Folder) Path() string { return f.path }

// File returns the path of a file in the folder.
func (f Folder) File(name string) string { return filepath.Join(f.path, name) }

// Remove removes the folder with all that is in it. Its servers must be stopped.
func (f Folder) Remove() error {
	if err := os.RemoveAll(f.path); err != nil {
		return fmt.Errorf("remove the folder of the servers: %w", err)
	}
	return nil
}

// Subfolder makes a folder in the folder, for its owner, and returns its path.
func (f Folder) Subfolder(name string) (string, error) {
	path := f.File(name)
	if err := os.Mkdir(path, privateMode); err != nil {
		return "", fmt.Errorf("make the folder %s: %w", name, err)
	}
	return path, f.give(path, privateMode)
}

// Command returns a command that works in the folder as its owner.
func (f Folder) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, program, args...) //nolint:gosec // the caller's own program and arguments
	command.Dir = f.path
	command.SysProcAttr = processAttributes(f.owner)
	return command
}

// Give makes the folder's owner the owner of a file in it, and nobody else able to read
// it.
func (f Folder) Give(path string) error { return f.give(path, secretMode) }

// writeSecret writes a file that only the folder's owner can read and returns
// its path.
func (f Folder) writeSecret(name, content string) (string, error) {
	path := f.File(name)
	if err := os.WriteFile(path, []byte(content), secretMode); err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	return path, f.give(path, secretMode)
}

// give makes the folder's owner the owner of path.
func (f Folder) give(path string, mode os.FileMode) error {
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

//go:build linux

package world

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrNoMount is wrapped by the error of Start where this process may not mount.
var ErrNoMount = errors.New("this process may not mount a file system")

// mount puts the folder on a small file system in memory.
func (w *World) mount() error {
	info, err := os.Stat(w.folder.Path())
	if err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return errors.New("mount: the folder tells no owner")
	}
	settings := fmt.Sprintf("size=%d,mode=0700,uid=%d,gid=%d", w.DiskBytes, owner.Uid, owner.Gid)
	if err := syscall.Mount("leima-chaos", w.folder.Path(), "tmpfs", 0, settings); err != nil {
		return fmt.Errorf("%w: %w", ErrNoMount, err)
	}
	w.mounted = true
	return nil
}

func (w *World) unmount() error {
	// Whatever still holds a file lets the file system go when it ends.
	const lazily = syscall.MNT_DETACH
	if err := syscall.Unmount(w.folder.Path(), lazily); err != nil {
		return fmt.Errorf("unmount: %w", err)
	}
	return nil
}

// ballastName is the file that takes what is left of the disk.
const ballastName = "ballast"

// FillDisk takes all that is left of the database's file system. Nothing can be written
// until EmptyDisk.
func (w *World) FillDisk() error {
	f, err := os.Create(w.folder.File(ballastName))
	if err != nil {
		return fmt.Errorf("fill the disk: %w", err)
	}
	block := make([]byte, 64<<10)
	for len(block) > 0 {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			return errors.Join(fmt.Errorf("fill the disk: %w", err), f.Close())
		}
	}
	if err := f.Close(); err != nil && !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("fill the disk: %w", err)
	}
	return nil
}

// EmptyDisk gives back what FillDisk took.
func (w *World) EmptyDisk() error {
	if err := os.Remove(w.folder.File(ballastName)); err != nil {
		return fmt.Errorf("empty the disk: %w", err)
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // locations have zones; a bare container has no list of them

	"github.com/spf13/cobra"

	"github.com/leima/leima/store"
)

func main() { os.Exit(mainCode()) }

// mainCode is main with the exit code as its result, so that tests can be the
// binary.
func mainCode() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal is for somebody who does not want to wait: it ends the process.
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	tell(os.Stderr, err)
	return exitCode(err)
}

// run carries out one command line. Its error says what went wrong in a sentence
// and knows its exit code, see exit.go.
func run(
	ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer,
) error {
	sh := &shell{getenv: getenv, in: stdin, out: stdout, err: stderr, now: time.Now}
	sh.newRebuilder = sh.openProver
	root := rootCommand(sh)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var known *exitError
	if err != nil && !sh.started && !errors.As(err, &known) {
		// Cobra found the mistake before any command began.
		return usagef("%w", err).hint("Run “leima --help” or “leima COMMAND --help”.")
	}
	return err //nolint:wrapcheck // it is one of ours
}

// shell is what a command works in.
type shell struct {
	getenv   func(string) string
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	// settings are read before any command begins; started tells that one has.
	settings settings
	started  bool
	json     bool
	// newRebuilder returns what proves the ledger of a database, and a function that
	// lets go of it. A test puts a double here.
	newRebuilder func(context.Context, *store.Store) (rebuilder, func() error, error)
}

// clock is the time in UTC milliseconds, as everything below the commands takes it.
func (sh *shell) clock() int64 { return sh.now().UnixMilli() }

const rootHelp = `Leima is a loyalty system that a shop runs under its own name: digital stamp cards
without an app, on the customer's phone.

Try it:        leima demo
Run a shop:    leima org create …, leima sign-in …, leima serve
Find trouble:  leima doctor

Every setting can be given as a flag, as an environment variable (--base-url is
LEIMA_BASE_URL) or in leima.yaml in the data folder (base-url: …), in this order.
“leima config” shows what counts and where it comes from. A secret can also stand in
a file of its own that --db-file, LEIMA_DB_FILE or db-file names.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not ready or problems found,
4 partly done, 5 a card is not what its ledger says, 130 interrupted.`

func rootCommand(sh *shell) *cobra.Command {
	root := &cobra.Command{
		Use:           "leima",
		Short:         "Digital stamp cards that a shop runs under its own name",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return c.Help()
		},
	}
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return sh.loadSettings(c) }
	defineSettings(root.PersistentFlags())
	root.PersistentFlags().BoolVar(&sh.json, "json", false, "print the result as JSON, where there is one")
	root.AddCommand(
		sh.serveCommand(), sh.demoCommand(), sh.migrateCommand(), sh.importCommand(), sh.doctorCommand(), sh.rebuildCommand(), sh.epochCommand(),
		sh.configCommand(), sh.openAPICommand(), sh.versionCommand(),
		sh.orgCommand(), sh.signInCommand(), sh.apiKeyCommand(), sh.pinCommand(), sh.programCommand(), sh.tillCommand(),
	)
	sh.noteStart(root)
	return root
}

// noteStart makes every command tell that it has begun: whatever goes wrong before
// is a mistake on the command line.
func (sh *shell) noteStart(c *cobra.Command) {
	if begin := c.RunE; begin != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			sh.started = true
			return begin(c, args)
		}
	}
	for _, below := range c.Commands() {
		sh.noteStart(below)
	}
}

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return usagef("“%s” needs a command after it", c.CommandPath()).hint(fmt.Sprintf("Run “%s --help” for the list.", c.CommandPath()))
		},
	}
	c.AddCommand(commands...)
	return c
}

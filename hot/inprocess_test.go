package hot_test

import (
	"testing"

	"github.com/leima/leima/hot"
	"github.com/leima/leima/hot/hottest"
)

func openInProcess(testing.TB) hot.State {
	s := hot.NewInProcessState()
	s.SetEpoch(1)
	return s
}

func TestInProcess(t *testing.T) { hottest.Run(t, openInProcess) }

func BenchmarkInProcess(b *testing.B) { hottest.Bench(b, openInProcess) }

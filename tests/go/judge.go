// The judge reads what tests/tools/write_test_log.cc wrote and holds it against the transparency log of the Go
// project (golang.org/x/mod/sumdb), which shares no line with ours: judge FOLDER.
//
// It rebuilds the log from its own entries ("leaf <i>") and never takes a hash from the folder on trust.
// Exit status 0 and the counts when everything agrees, 1 and the first difference otherwise.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	everySizeUpTo = 600
	lastSize      = 65537
	tileHeight    = 8
	tileWidth     = 1 << tileHeight
)

type judge struct {
	folder   string
	verifier note.Verifier
	stored   []tlog.Hash // in the order of tlog.StoredHashIndex
	roots    map[int64]tlog.Hash

	checkpoints, records, trees, tiles, bundles int
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: judge FOLDER")
		os.Exit(2)
	}
	j := &judge{folder: os.Args[1], roots: map[int64]tlog.Hash{}}
	if err := j.run(); err != nil {
		fmt.Fprintln(os.Stderr, "difference:", err)
		os.Exit(1)
	}
	fmt.Printf("agreed on %d checkpoints, %d inclusion proofs, %d consistency proofs, %d tiles, %d bundles\n",
		j.checkpoints, j.records, j.trees, j.tiles, j.bundles)
}

func (j *judge) run() error {
	if err := j.build(); err != nil {
		return err
	}
	key, err := os.ReadFile(filepath.Join(j.folder, "key"))
	if err != nil {
		return err
	}
	if j.verifier, err = note.NewVerifier(strings.TrimSuffix(string(key), "\n")); err != nil {
		return err
	}
	for _, size := range sizes() {
		for _, check := range []func(int64) error{j.checkCheckpoint, j.checkInclusion, j.checkConsistency} {
			if err := check(size); err != nil {
				return fmt.Errorf("at size %d: %w", size, err)
			}
		}
	}
	return j.checkTiles()
}

func sizes() []int64 {
	var all []int64
	for size := int64(1); size <= everySizeUpTo; size++ {
		all = append(all, size)
	}
	return append(all, lastSize)
}

func entry(i int64) []byte { return []byte(fmt.Sprintf("leaf %d", i)) }

func (j *judge) reader() tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = j.stored[index]
		}
		return hashes, nil
	})
}

// build hashes the log and notes the root of every size that is judged.
func (j *judge) build() error {
	for i := int64(0); i < lastSize; i++ {
		hashes, err := tlog.StoredHashes(i, entry(i), j.reader())
		if err != nil {
			return err
		}
		j.stored = append(j.stored, hashes...)
		if size := i + 1; size <= everySizeUpTo || size == lastSize {
			if j.roots[size], err = tlog.TreeHash(size, j.reader()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *judge) checkCheckpoint(size int64) error {
	signed, err := os.ReadFile(filepath.Join(j.folder, "checkpoints", fmt.Sprint(size)))
	if err != nil {
		return err
	}
	opened, err := note.Open(signed, note.VerifierList(j.verifier))
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	// The root prints as base64, as tlog-checkpoint wants it.
	expected := fmt.Sprintf("%s\n%d\n%s\n", j.verifier.Name(), size, j.roots[size])
	if opened.Text != expected {
		return fmt.Errorf("checkpoint says %q, not %q", opened.Text, expected)
	}
	j.checkpoints++
	return nil
}

// readProofs reads lines of a number and hashes. The two numbers that must be among them are the caller's.
func (j *judge) readProofs(kind string, size int64, first, last int64) (map[int64][]tlog.Hash, error) {
	text, err := os.ReadFile(filepath.Join(j.folder, kind, fmt.Sprint(size)))
	if err != nil {
		return nil, err
	}
	proofs := map[int64][]tlog.Hash{}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		words := strings.Split(line, " ")
		number, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil {
			return nil, err
		}
		proof := []tlog.Hash{}
		for _, word := range words[1:] {
			hash, err := base64.StdEncoding.Strict().DecodeString(word)
			if err != nil || len(hash) != tlog.HashSize {
				return nil, fmt.Errorf("%s proof of %d: %q is not a hash", kind, number, word)
			}
			proof = append(proof, *(*tlog.Hash)(hash))
		}
		proofs[number] = proof
	}
	if proofs[first] == nil || proofs[last] == nil {
		return nil, fmt.Errorf("%s proof of %d or %d is missing", kind, first, last)
	}
	return proofs, nil
}

func (j *judge) checkInclusion(size int64) error {
	proofs, err := j.readProofs("inclusion", size, 0, size-1)
	if err != nil {
		return err
	}
	for index, proof := range proofs {
		if err := tlog.CheckRecord(proof, size, j.roots[size], index, tlog.RecordHash(entry(index))); err != nil {
			return fmt.Errorf("inclusion proof of entry %d: %w", index, err)
		}
		j.records++
	}
	return nil
}

func (j *judge) checkConsistency(size int64) error {
	proofs, err := j.readProofs("consistency", size, 1, size)
	if err != nil {
		return err
	}
	for oldSize, proof := range proofs {
		oldRoot, err := tlog.TreeHash(oldSize, j.reader())
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, size, j.roots[size], oldSize, oldRoot); err != nil {
			return fmt.Errorf("consistency proof from size %d: %w", oldSize, err)
		}
		j.trees++
	}
	return nil
}

// c2spPath turns "tile/8/data/000" into "tile/entries/000" and "tile/8/0/000" into "tile/0/000".
func c2spPath(tile tlog.Tile) string {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

// expectedTiles lists all tiles of the last size by path, with their bytes. Level -1 are the entries.
func (j *judge) expectedTiles() (map[string][]byte, error) {
	expected := map[string][]byte{}
	for level := -1; level == -1 || int64(lastSize)>>(tileHeight*level) > 0; level++ {
		count := int64(lastSize)
		if level > 0 {
			count >>= tileHeight * level
		}
		for n := int64(0); n*tileWidth < count; n++ {
			tile := tlog.Tile{H: tileHeight, L: level, N: n, W: tileWidth}
			if left := count - n*tileWidth; left < tileWidth {
				tile.W = int(left)
			}
			if level == -1 {
				expected[c2spPath(tile)] = bundle(tile)
				continue
			}
			data, err := tlog.ReadTileData(tile, j.reader())
			if err != nil {
				return nil, err
			}
			expected[c2spPath(tile)] = data
		}
	}
	return expected, nil
}

func bundle(tile tlog.Tile) []byte {
	var data []byte
	for i := tile.N * tileWidth; i < tile.N*tileWidth+int64(tile.W); i++ {
		data = binary.BigEndian.AppendUint16(data, uint16(len(entry(i))))
		data = append(data, entry(i)...)
	}
	return data
}

func (j *judge) checkTiles() error {
	expected, err := j.expectedTiles()
	if err != nil {
		return err
	}
	root := filepath.Join(j.folder, "log")
	err = filepath.WalkDir(root, func(path string, item fs.DirEntry, err error) error {
		if err != nil || item.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if want, known := expected[name]; !known || !bytes.Equal(data, want) {
			return fmt.Errorf("%s: known %v, bytes equal %v", name, known, bytes.Equal(data, want))
		}
		if strings.HasPrefix(name, "tile/entries/") {
			j.bundles++
		} else {
			j.tiles++
		}
		delete(expected, name)
		return nil
	})
	if err == nil && len(expected) != 0 {
		err = fmt.Errorf("%d tiles are missing", len(expected))
	}
	return err
}

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// memory holds the stored hashes of a growing tree in the order of tlog.StoredHashIndex.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(m)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		out[i] = m[index]
	}
	return out, nil
}

// makeLog writes a whole log of "PREFIX 0", "PREFIX 1", …: tiles for each size, and the checkpoint of the last.
func makeLog(args []string) (any, error) {
	flags := flag.NewFlagSet("make", flag.ContinueOnError)
	dir := flags.String("dir", "", "folder of the log")
	key := flags.String("key", "", "file with the secret key")
	prefix := flags.String("prefix", "entry", "what entries begin with")
	sizes := flags.String("sizes", "1", "sizes at which a checkpoint is made, comma separated")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	secret, err := os.ReadFile(*key)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(secret)))
	if err != nil {
		return nil, err
	}
	var stored memory
	var entries [][]byte
	var signed []byte
	for _, text := range strings.Split(*sizes, ",") {
		size, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, err
		}
		old := int64(len(entries))
		for n := old; n < size; n++ {
			entry := fmt.Appendf(nil, "%s %d", *prefix, n)
			hashes, err := tlog.StoredHashes(n, entry, stored)
			if err != nil {
				return nil, err
			}
			entries, stored = append(entries, entry), append(stored, hashes...)
		}
		if err := writeTiles(*dir, old, size, stored, entries); err != nil {
			return nil, err
		}
		root, err := tlog.TreeHash(size, stored)
		if err != nil {
			return nil, err
		}
		checkpoint := torchwood.Checkpoint{Origin: signer.Name(), Tree: tlog.Tree{N: size, Hash: root}}
		signed, err = note.Sign(&note.Note{Text: checkpoint.String()}, signer)
		if err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(*dir, "checkpoint"), signed, 0o644); err != nil {
		return nil, err
	}
	return map[string]any{"origin": signer.Name(), "size": len(entries)}, nil
}

func writeTiles(dir string, old, size int64, stored memory, entries [][]byte) error {
	for _, tile := range tlog.NewTiles(torchwood.TileHeight, old, size) {
		data, err := tlog.ReadTileData(tile, stored)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(dir, torchwood.TilePath(tile)), data); err != nil {
			return err
		}
		if tile.L != 0 {
			continue
		}
		var bundle []byte
		start := tile.N * torchwood.TileWidth
		for _, entry := range entries[start : start+int64(tile.W)] {
			if bundle, err = torchwood.AppendTileEntry(bundle, entry); err != nil {
				return err
			}
		}
		tile.L = -1
		if err := write(filepath.Join(dir, torchwood.TilePath(tile)), bundle); err != nil {
			return err
		}
	}
	return nil
}

func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

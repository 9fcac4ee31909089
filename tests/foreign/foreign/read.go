package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

// open returns a reader of a log, its policy and its verified checkpoint.
func open(ctx context.Context, address, policyFile string) (torchwood.TileReader, torchwood.Policy, torchwood.Checkpoint, []byte, error) {
	fail := func(err error) (torchwood.TileReader, torchwood.Policy, torchwood.Checkpoint, []byte, error) {
		return nil, nil, torchwood.Checkpoint{}, nil, err
	}
	text, err := os.ReadFile(policyFile)
	if err != nil {
		return fail(err)
	}
	policy, err := torchwood.ParsePolicy(text)
	if err != nil {
		return fail(err)
	}
	var tiles torchwood.TileReader
	if strings.Contains(address, "://") {
		tiles, err = torchwood.NewTileFetcher(address, torchwood.WithUserAgent("foreign test (+https://example.invalid)"))
	} else {
		tiles, err = torchwood.NewTileFS(os.DirFS(address))
	}
	if err != nil {
		return fail(err)
	}
	note, err := tiles.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return fail(err)
	}
	checkpoint, _, err := torchwood.VerifyCheckpoint(note, policy)
	if err != nil {
		return fail(err)
	}
	return tiles, policy, checkpoint, note, nil
}

// readLog checks signatures, every tile, every entry and some inclusion and consistency proofs.
func readLog(args []string) (any, error) {
	flags := flag.NewFlagSet("read", flag.ContinueOnError)
	address := flags.String("log", "", "folder or address of the log")
	policyFile := flags.String("policy", "", "policy file")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tiles, _, checkpoint, _, err := open(ctx, *address, *policyFile)
	if err != nil {
		return nil, err
	}
	client, err := torchwood.NewClient(tiles, torchwood.WithTimeout(time.Minute))
	if err != nil {
		return nil, err
	}
	digest, count := sha256.New(), int64(0)
	for index, entry := range client.AllEntries(ctx, checkpoint.Tree, 0) {
		if index != count {
			return nil, fmt.Errorf("entry %d where %d was due", index, count)
		}
		digest.Write(binary.BigEndian.AppendUint16(nil, uint16(len(entry))))
		digest.Write(entry)
		count++
	}
	if err := client.Err(); err != nil {
		return nil, err
	}
	if count != checkpoint.N {
		return nil, fmt.Errorf("%d entries in a tree of %d", count, checkpoint.N)
	}
	if err := prove(ctx, client, tiles, checkpoint.Tree); err != nil {
		return nil, err
	}
	return map[string]any{
		"origin": checkpoint.Origin, "size": checkpoint.N, "entries": hex.EncodeToString(digest.Sum(nil)),
	}, nil
}

// prove lets the x/mod package make and check proofs over the tiles of the log.
func prove(ctx context.Context, client *torchwood.Client, tiles torchwood.TileReader, tree tlog.Tree) error {
	hashes := torchwood.TileHashReaderWithContext(ctx, tree, tiles)
	for _, size := range []int64{1, 2, 3, 255, 256, 257, tree.N / 2, tree.N - 1, tree.N} {
		if size < 1 || size > tree.N {
			continue
		}
		if _, _, err := client.Entry(ctx, tree, size-1); err != nil {
			return err
		}
		old, err := tlog.TreeHash(size, hashes)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, size, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, old); err != nil {
			return err
		}
	}
	return nil
}

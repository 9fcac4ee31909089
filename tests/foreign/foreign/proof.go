package main

import (
	"context"
	"flag"
	"os"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

// proveEntry writes a tlog-proof of one entry of a log.
func proveEntry(args []string) (any, error) {
	flags := flag.NewFlagSet("prove", flag.ContinueOnError)
	address := flags.String("log", "", "folder or address of the log")
	policyFile := flags.String("policy", "", "policy file")
	index := flags.Int64("index", 0, "index of the entry")
	out := flags.String("out", "", "file to write")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tiles, _, checkpoint, note, err := open(ctx, *address, *policyFile)
	if err != nil {
		return nil, err
	}
	client, err := torchwood.NewClient(tiles)
	if err != nil {
		return nil, err
	}
	entry, proof, err := client.Entry(ctx, checkpoint.Tree, *index)
	if err != nil {
		return nil, err
	}
	err = os.WriteFile(*out, torchwood.FormatProof(*index, proof, note), 0o644)
	return map[string]any{"entry": string(entry)}, err
}

// verifyProof checks a tlog-proof against a policy and the bytes of an entry.
func verifyProof(args []string) (any, error) {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	policyFile := flags.String("policy", "", "policy file")
	proofFile := flags.String("proof", "", "file of the proof")
	entryFile := flags.String("entry", "", "file of the entry")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(*policyFile)
	if err != nil {
		return nil, err
	}
	policy, err := torchwood.ParsePolicy(text)
	if err != nil {
		return nil, err
	}
	proof, err := os.ReadFile(*proofFile)
	if err != nil {
		return nil, err
	}
	entry, err := os.ReadFile(*entryFile)
	if err != nil {
		return nil, err
	}
	if err := torchwood.VerifyProof(policy, tlog.RecordHash(entry), proof); err != nil {
		return nil, err
	}
	return map[string]any{"verified": true}, nil
}

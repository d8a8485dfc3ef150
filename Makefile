# run · test · bench · docs: one line each, calling what does the work.
.PHONY: run stop test bench bench-durability python docs format

run:
	@Scripts/run

stop:
	@Scripts/stop

test:
	@Scripts/test

bench:
	@Scripts/bench

bench-durability:
	@Scripts/bench durability

python:
	@Scripts/python

docs:
	@Scripts/docs

format:
	swift format -i -r Examples Package.swift Generator Plugins Runtime Schema Tests

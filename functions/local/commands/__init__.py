"""The commands of `robotplug` as they are typed; what each of them does is beside this folder."""

using Diecast.Cli;

return await Diecast.DiecastProgram.RunAsync(args, ProgramName.OfProcess());

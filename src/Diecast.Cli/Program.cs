return await Diecast.DiecastProgram.RunAsync(args);

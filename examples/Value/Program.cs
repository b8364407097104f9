using Value;

return CommandLine.Run(args, Console.Out, Console.Error);

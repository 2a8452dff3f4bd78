using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Diecast.Building;
using Diecast.Cli.Rendering;
using Diecast.Definitions;
using Diecast.Formats.Disks;
using Diecast.ImageTypes;
using Diecast.Running;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast run FILE-OR-IMAGE</c>: builds if it is a definition, and boots it under QEMU.</summary>
internal static class RunCommand
{
    internal static Command Create(Session session)
    {
        var command = new ExampledCommand("run", "Boot an image under QEMU, or build a definition and boot what it makes. Ctrl-A X ends the machine.");
        var target = new Argument<string>("FILE-OR-IMAGE") { Description = "A definition (.yaml, .yml, .cs) or an image." };
        DefinitionOptions definition = DefinitionOptions.AddTo(command, session, target);
        var arguments = new Argument<string[]>("QEMU-ARGUMENTS")
        {
            Description = "After --: more arguments for QEMU.",
            Arity = ArgumentArity.ZeroOrMore,
            Hidden = true,
        };
        command.Arguments.Add(arguments);
        var uefi = new Option<bool>("--uefi") { Description = "Boot by UEFI. Default: what the image is made for, UEFI where it is for more." };
        var uefi32 = new Option<bool>("--uefi32") { Description = "Boot by UEFI of 32 bits." };
        var bios = new Option<bool>("--bios") { Description = "Boot by BIOS instead of UEFI." };
        var secure = new Option<bool>("--secure-boot") { Description = "Boot by UEFI that is built for Secure Boot. Default: where the definition's efiVariables have keys." };
        var variables = new Option<string>("--variables")
        {
            Description = "File of variables that UEFI starts with; it is not changed. Default: that of the definition's efiVariables, else the firmware's.",
            HelpName = "FILE",
        };
        var memory = new Option<string>("--memory", "-m") { Description = "Memory of the machine. Default: 1G.", HelpName = "SIZE" };
        Option<int?> processors = Number("--cpus", "COUNT", 1024, "Processors of the machine. Default: 2.");
        Option<int?> ssh = Number("--ssh-port", "PORT", 65535, "Port of this host that leads to the machine's port 22. Default: none does.");
        var keep = new Option<bool>("--keep") { Description = "Keep what the machine writes. Default: the image stays as it is." };
        var noKvm = new Option<bool>("--no-kvm") { Description = "Emulate the processor, where KVM is there and does not work. Slow." };
        var offline = new Option<bool>("--offline") { Description = "Ask no network for the build." };
        var machine = new Option<string>("--machine") { Description = "Machine to run it on. Default: the one that the image is made for.", HelpName = "NAME" };
        machine.AcceptOnlyFromAmong([.. Emulator.Machines]);
        var share = new Option<string[]>("--share")
        {
            Description = "Directory of this host that an image finds its shared store in. A definition names its own. May be given more than once.",
            HelpName = "PATH",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        foreach (Option option in new Option[] { machine, uefi, uefi32, bios, secure, variables, memory, processors, ssh, keep, noKvm, share, offline })
            command.Options.Add(option);
        if (!session.IsDeclared)
            command.Example("server.qcow2", "boots the image by UEFI; Ctrl-A X ends the machine");
        string file = session.File("server.yaml");
        command.Example(file + "--bios --ssh-port 2222", "casts the image, boots it by BIOS; then: ssh -p 2222 ada@localhost");
        command.Example(file + "-- -no-reboot", "what stands after -- goes to QEMU");
        command.SetAction((result, cancellation) => Task.Run(
            () =>
            {
                EmulatorOptions options = Options();
                LoadedDefinition? loaded = session.IsDeclared || IsDefinition(result.GetRequiredValue(target)) ? session.Load(result, definition) : null;
                if (loaded is not null && options.Machine is null)
                    options = options with { Machine = Emulator.MachineFor(loaded.Definition) };
                string image = loaded is null
                    ? Image(result.GetRequiredValue(target))
                    : Build(session, loaded, result.GetValue(offline), cancellation);
                if (loaded?.Definition.Image.SharedStore is { } store && !options.SharedStores.Contains(store))
                    options = options with { SharedStores = [.. options.SharedStores, store] };
                if (loaded?.Definition is { Image.EfiVariables: { } declared } built && options.Firmware is not (Running.Firmware.Bios or Running.Firmware.Uefi32))
                {
                    options = options with
                    {
                        Variables = options.Variables ?? Path.Combine(Path.GetDirectoryName(image)!, FirmwareOutput.FileName(built, declared)),
                        Firmware = options.Firmware ?? (FirmwareOutput.IsSecure(built.Image, declared) ? Running.Firmware.SecureBoot : Running.Firmware.Uefi),
                    };
                }

                if (!File.Exists(image))
                    throw new UsageException($"there is no image {image}");
                if (options.Variables is { } given && !File.Exists(file))
                    throw new UsageException($"there is no file of variables {given}");
                int exitCode = Emulator.Run(image, options, cancellation);
                return exitCode == 0 ? ExitCodes.Done : throw new BuildException(
                    $"QEMU ended with {exitCode}; what it said stands above", "if it is KVM that does not work on this machine, try --no-kvm");

                string Image(string path) => definition.Options.FirstOrDefault(option => result.GetResult(option) is not null) is { } stray
                        ? throw new UsageException($"{stray.Name} goes with a definition, and {path} is an image", "leave it out, or name the definition")
                        : path;

                EmulatorOptions Options() => new()
                {
                    Machine = result.GetValue(machine),
                    Firmware = Firmware([(uefi, Running.Firmware.Uefi), (uefi32, Running.Firmware.Uefi32), (secure, Running.Firmware.SecureBoot), (bios, Running.Firmware.Bios)], result),
                    Variables = result.GetValue(variables),
                    Memory = Memory(result.GetValue(memory)),
                    Processors = result.GetValue(processors) ?? 2,
                    Acceleration = result.GetValue(noKvm) ? Acceleration.None : Acceleration.Automatic,
                    SshPort = result.GetValue(ssh),
                    Writes = result.GetValue(keep) ? GuestWrites.Keep : GuestWrites.Discard,
                    SharedStores = (result.GetValue(share) ?? []).Select(Path.GetFullPath).ToValueList(),
                    Arguments = AfterDoubleDash(result, arguments).ToValueList(),
                };
            },
            CancellationToken.None));
        return command;
    }

    private static string Build(Session session, LoadedDefinition loaded, bool offline, CancellationToken cancellation)
    {
        if (ImageCatalogue.Of(loaded.Definition) is { } type && type.IsTree())
            throw new UsageException($"{type.Name} is no disk, and boots nothing", "build it, and have its runtime load it: docs/containers.md has the commands");
        BuildReport report = BuildCommand.Build(
            session.Terminal, loaded, BuildCommand.Options(null, offline), Verbosity.Normal, isReplaced: false, cancellation);
        // Of several formats the first that QEMU attaches; where there is none, it says so of the first.
        OutputReport output = report.Outputs.FirstOrDefault(output => DiskFormats.Find(output.Format) is { QemuName: not null })
            ?? report.Outputs[0];
        return output.Path;
    }

    private static bool IsDefinition(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";

    private static Firmware? Firmware((Option<bool> Option, Firmware Firmware)[] all, ParseResult result) => all.Where(one => result.GetValue(one.Option)).ToArray() switch
    {
        [] => null,
        [var one] => one.Firmware,
        [var one, var other, ..] => throw new UsageException($"{one.Option.Name} and {other.Option.Name} contradict each other", "leave one of them out"),
    };

    private static Option<int?> Number(string name, string helpName, int highest, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= highest)
                return value;
            result.AddError($"{name} is '{text}'; it must be a number from 1 to {highest}");
            return null;
        },
    };

    /// <summary>QEMU's own arguments. A second file without the dashes is a slip, and QEMU would take it for a disk.</summary>
    private static string[] AfterDoubleDash(ParseResult result, Argument<string[]> arguments)
    {
        string[] given = result.GetValue(arguments) ?? [];
        int after = result.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Count();
        return given.Length <= after
            ? given
            : throw new UsageException($"'{given[0]}' is one argument too many", "arguments for QEMU stand after --");
    }

    private static ByteSize Memory(string? text) => text is null
        ? ByteSize.GiB(1)
        : ByteSize.TryParse(text) ?? throw new UsageException($"--memory '{text}' is no size", "write it as 2G or 512M");
}

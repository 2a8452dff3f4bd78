using System.Globalization;
using System.Security.Cryptography;
using Diecast.Formats;
using Diecast.Repart.Definitions;

namespace Diecast.Repart;

/// <summary>What a run works with: its switches, its surroundings and whom it tells.</summary>
internal sealed class RepartContext
{
    internal RepartContext(RepartOptions options, Func<string, string?> environment, RepartLog log)
    {
        Options = options;
        Environment = environment;
        Log = log;
        Facts = new SystemFacts(options.Root, environment);
        Seed = options.Seed ?? FindSeed();
        if (environment("SOURCE_DATE_EPOCH") is { Length: > 0 } epoch)
        {
            SourceEpoch = long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
                ? new Timestamp(seconds)
                : throw new BuildException($"SOURCE_DATE_EPOCH={epoch} is no number of seconds");
        }
    }

    internal RepartOptions Options { get; }

    internal RepartLog Log { get; }

    internal SystemFacts Facts { get; }

    /// <summary>A variable of the environment, or null.</summary>
    internal Func<string, string?> Environment { get; }

    /// <summary>What all ids are derived from.</summary>
    internal Guid Seed { get; }

    /// <summary>The time of what is made here; null where SOURCE_DATE_EPOCH does not say.</summary>
    internal Timestamp? SourceEpoch { get; }

    /// <summary>The directory on the host that CopyFiles= starts from.</summary>
    internal string CopyRoot => Options.CopySource ?? Options.Root ?? "/";

    /// <summary>The machine's id, or a random one; only that last one makes images differ from run to run.</summary>
    private Guid FindSeed()
    {
        if (!Options.RandomSeed)
        {
            if (Facts.MachineId is { } machine && machine != Guid.Empty)
                return machine;
            Log.Notice("there is no machine id and no --seed=; the UUIDs are random, and another run has others");
        }

        byte[] bytes = RandomNumberGenerator.GetBytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}

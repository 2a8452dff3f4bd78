using Diecast.Boot;
using Diecast.Cli.Rendering;
using Diecast.Definitions;
using Diecast.Formats;
using Diecast.Formats.Compression;
using Diecast.Formats.Partitioning;
using Diecast.Systems;

namespace Diecast.Cli;

/// <summary>Turns what a command throws into words and an exit code. A defect of ours is left to crash with its stack.</summary>
internal static class Failures
{
    internal static async Task<int> GuardAsync(Terminal terminal, Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (DefinitionException exception)
        {
            ErrorText.Write(terminal, exception);
            return ExitCodes.Usage;
        }
        catch (UsageException exception)
        {
            ErrorText.Write(terminal, exception.Message, exception.Fix);
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException)
        {
            ErrorText.Write(terminal, "interrupted; nothing was written");
            return ExitCodes.Interrupted;
        }
        catch (BuildException exception)
        {
            ErrorText.Write(terminal, exception.Message, exception.Fix, exception.Log);
            return ExitCodes.Failed;
        }
        catch (SystemConfigurationException exception)
        {
            foreach (SystemConfigurationError error in exception.Errors)
                ErrorText.Write(terminal, error.Message, error.Fix);
            return ExitCodes.Failed;
        }
        catch (MissingLibraryException exception)
        {
            ErrorText.Write(terminal, exception.Message, $"apt-get install {exception.Package}");
            return ExitCodes.Failed;
        }
        catch (Exception exception) when (exception is InvalidImageException or UnrepresentableException or DoesNotFitException
            or RegionConflictException or BootException or IOException or UnauthorizedAccessException)
        {
            ErrorText.Write(terminal, exception.Message);
            return ExitCodes.Failed;
        }
    }
}

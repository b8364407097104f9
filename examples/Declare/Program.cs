using Declare;
using InfluenceGen.Examples;
using InfluenceGen.Training;

var folder = Path.Combine(AppContext.BaseDirectory, "data");
QuickStart(Path.Combine(folder, "breast-cancer.csv"));
Records(Path.Combine(folder, "diabetes.csv"));

static void QuickStart(string file)
{
    #region quick-start
    var patients = Tumour.Read(file, label: "benign", individual: "patient");
    var (train, deployment) = Standardisation.Apply(patients.Split(trainShare: 0.8, seed: 1));
    var ledger = Tumour.Ledger(train, deployment);
    var fit = Tumour.Train(train, GradientDescent.FullBatch(steps: 600, rate: 0.1), ledger);
    Console.WriteLine($"mean deployment loss {fit.MeanLoss(deployment):F4}, flows {ledger.Flows}");
    #endregion
}

static void Records(string file)
{
    #region records
    var fromFile = Patient.Read(file);
    var fromObjects = Patient.From(
    [
        new() { Id = "Ann", Age = 59, BodyMassIndex = 32.1, BloodPressure = 101, Progression = 151 },
        new() { Id = "Bob", Age = 48, BodyMassIndex = 21.6, BloodPressure = 87, Progression = 75 },
    ]);
    #endregion
    Console.WriteLine($"{fromFile.Count} patients read, {fromObjects.Count} made of objects");
}

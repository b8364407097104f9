using Declare;
using InfluenceGen.Examples;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;

var folder = Path.Combine(AppContext.BaseDirectory, "data");
QuickStart(Path.Combine(folder, "breast-cancer.csv"));
Records(Path.Combine(folder, "diabetes.csv"));

static void QuickStart(string file)
{
    #region quick-start
    var patients = Tumour.Read(file, label: "benign", individual: "patient");
    var average = new FlowAverage(Averaging.RunsMeasured);
    for (var seed = 1; seed <= 20; seed++)
    {
        var (train, deployment) = patients.Split(trainShare: 0.8, seed);
        var scale = Standardisation.Fit(train);
        (train, deployment) = (scale.Apply(train), scale.Apply(deployment));

        var ledger = Tumour.Ledger(train, deployment);
        Tumour.Train(train, GradientDescent.FullBatch(steps: 600, rate: 0.1), ledger);
        average.Add(ledger.Flows.PerExample());
    }

    Console.WriteLine(average.Mean.Reciprocity);
    #endregion
}

static void Records(string file)
{
    #region records
    var patients = Patient.Read(file);
    var others = Patient.From(
    [
        new() { Id = "Ann", Age = 59, BodyMassIndex = 32.1, BloodPressure = 101, Progression = 151 },
        new() { Id = "Bob", Age = 48, BodyMassIndex = 21.6, BloodPressure = 87, Progression = 75 },
    ]);
    #endregion
    var scale = Standardisation.Fit(patients);
    var fit = Patient.Train(scale.Apply(patients), GradientDescent.FullBatch(steps: 200, rate: 0.1));
    var predictions = fit.Predict(scale.Apply(others));
    for (var i = 0; i < others.Count; i++)
    {
        Console.WriteLine($"{others.Individuals[others.IndividualOf[i]]}: progression {predictions[i]:F0} predicted, {others.Labels[i]:F0} measured");
    }
}
